// Package page turns a notebook into one HTML file that needs nothing else: style,
// pictures and formulas are inside it, and no script is. Formulas are MathML (package
// texmath); one that is not understood is shown in its TeX.
package page

import (
	"cmp"
	_ "embed"
	"fmt"
	"html"
	"strings"

	"github.com/mole-kernel/mole-kernel/kernel/headless/nbformat"
)

//go:embed page.css
var style string

// Options of a page. The zero value works.
type Options struct {
	Title  string // of a notebook without a heading; "" for "Notebook"
	Dir    string // the notebook's folder: its local pictures are read from there
	Footer string // a line of plain text below the last cell
}

// Render returns the page. HTML that the notebook's author or its cells wrote goes into
// the page as it is.
func Render(nb *nbformat.Notebook, o Options) []byte {
	w := &writer{markdown: newMarkdown()}
	title := cmp.Or(firstHeading(nb), o.Title, "Notebook")
	fmt.Fprintf(w, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"+
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"+
		"<title>%s</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", html.EscapeString(title), style)
	for _, c := range nb.Cells {
		w.cell(c, o.Dir)
	}
	w.WriteString("</main>\n")
	if o.Footer != "" {
		fmt.Fprintf(w, "<footer>%s</footer>\n", html.EscapeString(o.Footer))
	}
	w.WriteString("</body>\n</html>\n")
	return []byte(w.String())
}

// firstHeading is the text of the first Markdown heading, "" when there is none.
func firstHeading(nb *nbformat.Notebook) string {
	for _, c := range nb.Cells {
		if c.Type != "markdown" {
			continue
		}
		for line := range strings.Lines(c.Source) {
			if text, ok := strings.CutPrefix(line, "# "); ok {
				return strings.TrimSpace(text)
			}
		}
	}
	return ""
}

// writer collects the page.
type writer struct {
	strings.Builder
	markdown *markdown
}

func (w *writer) cell(c *nbformat.Cell, dir string) {
	switch c.Type {
	case "markdown":
		w.WriteString("<section class=\"markdown\">\n")
		w.WriteString(w.markdown.render(c.Source, pictures{dir: dir, attached: c.Attachments()}))
		w.WriteString("</section>\n")
	case "code":
		if strings.TrimSpace(c.Source) != "" || len(c.Outputs) > 0 {
			w.code(c)
		}
	default:
		fmt.Fprintf(w, "<section class=\"raw\"><pre>%s</pre></section>\n", html.EscapeString(c.Source))
	}
}

func (w *writer) code(c *nbformat.Cell) {
	prompt := ""
	if c.Count > 0 {
		prompt = fmt.Sprint(c.Count)
	}
	fmt.Fprintf(w, "<section class=\"code\">\n<div class=\"prompt\" aria-label=\"cell number\">%s</div>\n", prompt)
	fmt.Fprintf(w, "<pre class=\"source\"><code>%s</code></pre>\n", highlightGo(c.Source))
	if len(c.Outputs) > 0 {
		w.WriteString("<div class=\"outputs\">\n")
		for _, o := range c.Outputs {
			w.output(o)
		}
		w.WriteString("</div>\n")
	}
	w.WriteString("</section>\n")
}

func (w *writer) output(o *nbformat.Output) {
	switch o.Type {
	case nbformat.Stream:
		fmt.Fprintf(w, "<pre class=\"stream %s\">%s</pre>\n", html.EscapeString(o.Name), ansi(overwrite(o.Text)))
	case nbformat.Error:
		text := strings.Join(o.Traceback, "\n")
		if text == "" {
			text = o.EName + ": " + o.EValue
		}
		fmt.Fprintf(w, "<pre class=\"error\">%s</pre>\n", ansi(text))
	default:
		w.WriteString("<div class=\"shown\">")
		w.bundle(o)
		w.WriteString("</div>\n")
	}
}

// richest lists the MIME types that a page can show, the best first.
var richest = []string{
	"text/html", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp",
	"text/markdown", "text/latex", "text/plain",
}

// bundle shows the richest representation of an output.
func (w *writer) bundle(o *nbformat.Output) {
	for _, mime := range richest {
		text, ok := o.Data[mime].(string)
		if !ok {
			continue
		}
		switch {
		case mime == "text/html":
			fmt.Fprintf(w, "<div class=\"html\">%s</div>", text)
		case strings.HasPrefix(mime, "image/"):
			w.WriteString(imageTag(mime, text, o.Metadata))
		case mime == "text/markdown":
			w.WriteString(w.markdown.render(text, pictures{}))
		case mime == "text/latex":
			w.WriteString(mathTag(strings.Trim(strings.TrimSpace(text), "$"), true))
		default:
			fmt.Fprintf(w, "<pre class=\"text\">%s</pre>", ansi(text))
		}
		return
	}
	fmt.Fprintf(w, "<p class=\"unknown\">an output of a type that this page cannot show: %s</p>",
		html.EscapeString(strings.Join(mimes(o.Data), ", ")))
}

// overwrite drops the parts of lines that a carriage return has painted over.
func overwrite(text string) string {
	if !strings.Contains(text, "\r") {
		return text
	}
	var out strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		body, newline := line, ""
		if cut, ok := strings.CutSuffix(line, "\n"); ok {
			body, newline = cut, "\n"
		}
		body = strings.TrimRight(body, "\r")
		out.WriteString(body[strings.LastIndexByte(body, '\r')+1:] + newline)
	}
	return out.String()
}
