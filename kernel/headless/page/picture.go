package page

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// imageTag embeds a picture: base64 text, or SVG source. An SVG is an img as well, so
// that its ids and styles cannot meet those of another.
func imageTag(mime, content string, metadata map[string]any) string {
	if mime == "image/svg+xml" {
		content = base64.StdEncoding.EncodeToString([]byte(content))
	}
	content = strings.Join(strings.Fields(content), "")
	size := ""
	for _, side := range []string{"width", "height"} {
		if n, ok := sideOf(metadata, mime, side); ok {
			size += fmt.Sprintf(" %s=\"%s\"", side, strconv.FormatFloat(n, 'f', -1, 64))
		}
	}
	return fmt.Sprintf("<img alt=\"figure\" src=\"data:%s;base64,%s\"%s>", mime, html.EscapeString(content), size)
}

// sideOf reads the width or height that a display asked for; notebooks keep it below the
// MIME type or at the top.
func sideOf(metadata map[string]any, mime, side string) (float64, bool) {
	of := metadata
	if inner, ok := metadata[mime].(map[string]any); ok {
		of = inner
	}
	switch n := of[side].(type) {
	case float64:
		return n, n > 0
	case int:
		return float64(n), n > 0
	case json.Number:
		f, err := n.Float64()
		return f, err == nil && f > 0
	}
	return 0, false
}

// pictures resolves the targets of Markdown images.
type pictures struct {
	dir      string
	attached map[string]map[string]string
}

// maxPicture bounds what one local picture adds to the page.
const maxPicture = 8 << 20

// inline returns a data URL for an attachment or a local file, or the target itself.
func (p pictures) inline(target string) string {
	name, err := url.PathUnescape(target)
	if err != nil {
		return target
	}
	if file, ok := strings.CutPrefix(name, "attachment:"); ok {
		for mime, data := range p.attached[file] {
			return "data:" + mime + ";base64," + strings.Join(strings.Fields(data), "")
		}
		return target
	}
	mime := pictureTypes[strings.ToLower(filepath.Ext(name))]
	if mime == "" || p.dir == "" || strings.Contains(name, ":") || !filepath.IsLocal(filepath.FromSlash(name)) {
		return target
	}
	path := filepath.Join(p.dir, filepath.FromSlash(name))
	if info, err := os.Stat(path); err != nil || info.Size() > maxPicture {
		return target // the page shows a missing picture where the notebook has one
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return target
	}
	return "data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(data)
}

var pictureTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
	".gif": "image/gif", ".svg": "image/svg+xml", ".webp": "image/webp",
}

// mimes lists the types of a bundle in a fixed order.
func mimes(data map[string]any) []string {
	var list []string
	for mime := range data {
		list = append(list, mime)
	}
	slices.Sort(list)
	return list
}
