package plotting

import (
	stdfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgpdf"
)

// outlined writes text into a PDF as the outlines of its letters: vgpdf itself
// knows neither bold fonts nor letters beyond code page 1252.
type outlined struct{ *vgpdf.Canvas }

// FillString fills the outlines of s from at to the right.
func (c outlined) FillString(face font.Face, at vg.Point, s string) {
	if p := outline(face, at, s); len(p) > 0 {
		c.Fill(p)
	}
}

// outline returns the outlines of s in the given face, with kerning. A letter that
// the font lacks is its sign for missing ones.
func outline(face font.Face, at vg.Point, s string) vg.Path {
	var (
		path   vg.Path
		buffer sfnt.Buffer
		last   sfnt.GlyphIndex
	)
	em := face.Face.UnitsPerEm()
	size := fixed.I(int(em))
	scale := face.Font.Size / vg.Length(em) / 64
	for i, r := range []rune(s) {
		glyph, err := face.Face.GlyphIndex(&buffer, r)
		if err != nil {
			continue
		}
		if i > 0 {
			if kern, err := face.Face.Kern(&buffer, last, glyph, size, stdfont.HintingNone); err == nil {
				at.X += vg.Length(kern) * scale
			}
		}
		if segments, err := face.Face.LoadGlyph(&buffer, glyph, size, nil); err == nil {
			path = append(path, shape(segments, at, scale)...)
		}
		if advance, err := face.Face.GlyphAdvance(&buffer, glyph, size, stdfont.HintingNone); err == nil {
			at.X += vg.Length(advance) * scale
		}
		last = glyph
	}
	return path
}

// shape moves one letter to its place. Fonts count y downwards, vg upwards.
func shape(segments sfnt.Segments, at vg.Point, scale vg.Length) vg.Path {
	var path vg.Path
	point := func(p fixed.Point26_6) vg.Point {
		return vg.Point{X: at.X + vg.Length(p.X)*scale, Y: at.Y - vg.Length(p.Y)*scale}
	}
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if len(path) > 0 {
				path.Close()
			}
			path.Move(point(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			path.Line(point(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			path.QuadTo(point(s.Args[0]), point(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			path.CubeTo(point(s.Args[0]), point(s.Args[1]), point(s.Args[2]))
		}
	}
	if len(path) > 0 {
		path.Close()
	}
	return path
}
