package data

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/mole-kernel/mole-kernel/molelib/internal/htmltable"
)

// Entry describes one dataset of the catalog.
type Entry struct {
	Name     string // the function that returns it, such as "FashionMNIST"
	Kind     string // "vector", "grid", "nodes" (of one graph) or "graphs" (each an example)
	Examples int    // of training and test together
	Shape    string // of one example, or of one node
	Classes  int    // 0: regression
	Download int64  // bytes that the first use downloads; 0: embedded
	About    string
	Licence  string
	Source   string // where it is from, a web address without https://
}

// Listing is the list of datasets that Catalog returns; a notebook shows it as a table.
type Listing []Entry

// Catalog lists the datasets of this package. Fetch downloads one for later.
func Catalog() Listing {
	const (
		uci, by = "archive.ics.uci.edu", "CC BY 4.0"
		// The repositories are MIT; citations and benchmark graphs are public research data.
		research = "MIT (files)"
	)
	return Listing{
		{"Iris", "vector", 150, "4", 3, 0, "flowers, lengths in cm", by, uci},
		{"Wine", "vector", 178, "13", 3, 0, "chemical measurements of wines", by, uci},
		{"BreastCancer", "vector", 569, "30", 2, 0, "cell nuclei of tumours", by, uci},
		{"Digits", "grid", 1797, "8×8", 10, 0, "handwritten digits", by, uci},
		{"Diabetes", "vector", 442, "10", 0, 0, "patients, progression of the disease (regression)", "BSD-3-Clause", "scikit-learn.org"},
		{"MNIST", "grid", 70000, "28×28", 10, mnist.bytes(), "handwritten digits", "CC BY-SA 3.0", host(mnist.sources[0])},
		{"FashionMNIST", "grid", 70000, "28×28", 10, fashion.bytes(), "pictures of clothes", "MIT", "github.com/zalandoresearch/fashion-mnist"},
		{"Karate", "nodes", 34, "–", 2, 0, "friendships in a karate club", "public domain", "networkx.org"},
		{"Cora", "nodes", 2708, "1433", 7, cora.bytes(), "papers on machine learning, citations", research, "github.com/kimiyoung/planetoid"},
		{"CiteSeer", "nodes", 3327, "3703", 6, citeseer.bytes(), "papers, citations", research, "github.com/kimiyoung/planetoid"},
		{"MUTAG", "graphs", 188, "7", 2, mutag.bytes(), "molecules, do they change genes", research, "github.com/muhanzhang/pytorch_DGCNN"},
		{"PROTEINS", "graphs", 1113, "3", 2, proteins.bytes(), "proteins, enzymes or not", research, "github.com/muhanzhang/pytorch_DGCNN"},
		{"NCI1", "graphs", 4110, "37", 2, nci1.bytes(), "molecules, activity against lung cancer", research, "github.com/muhanzhang/pytorch_DGCNN"},
	}
}

// host returns an address without scheme.
func host(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return strings.TrimSuffix(rest, "/")
}

// downloads are the files of the datasets that are not embedded.
func downloads() map[string]*fileSet {
	return map[string]*fileSet{
		"MNIST": &mnist.fileSet, "FashionMNIST": &fashion.fileSet, "Cora": &cora.fileSet, "CiteSeer": &citeseer.fileSet,
		"MUTAG": &mutag.fileSet, "PROTEINS": &proteins.fileSet, "NCI1": &nci1.fileSet,
	}
}

// Fetch brings the files of one dataset, by its name in the Catalog, to this machine and
// verifies them, so that its function needs no network later. What is embedded, in the mirror
// or in the cache is not downloaded.
//
//	for _, e := range data.Catalog() {
//		err := data.Fetch(ctx, e.Name)
//	}
func Fetch(ctx context.Context, name string, options ...Options) error {
	var names []string
	for _, e := range Catalog() {
		names = append(names, e.Name)
		if e.Name != name {
			continue
		}
		set := downloads()[name]
		if set == nil {
			return nil
		}
		f := newFetcher(set, options)
		for _, file := range set.files {
			if _, err := f.content(ctx, file); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("data: there is no dataset %q; there are %s", name, strings.Join(names, ", "))
}

// titles are those of the table, in the order of Entry.cells.
var titles = []string{"name", "kind", "examples", "shape", "classes", "download", "licence", "about", "source"}

func (e Entry) cells() []string {
	return []string{e.Name, e.Kind, thousands(e.Examples), e.Shape, e.classes(), e.download(), e.Licence, e.About, e.Source}
}

// String writes the list as a table of text.
func (l Listing) String() string {
	var b strings.Builder
	write := func(c []string) {
		fmt.Fprintf(&b, "%-13s %-7s %8s  %-6s %7s  %-9s %-13s %-50s %s\n", c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8])
	}
	write(titles)
	for _, e := range l {
		write(e.cells())
	}
	return b.String()
}

// MIMEBundle shows the list in a notebook.
func (l Listing) MIMEBundle() (map[string]any, error) {
	var b strings.Builder
	rows := [][]string{titles}
	for _, e := range l {
		e.Name = "data." + e.Name
		rows = append(rows, e.cells())
	}
	source := len(titles) - 1
	htmltable.Write(&b, rows, len(titles), func(_, column int, cell string) string {
		if column != source {
			return cell
		}
		return fmt.Sprintf(`<a href="https://%s">%s</a>`, cell, cell)
	})
	return map[string]any{"text/html": b.String(), "text/plain": l.String()}, nil
}

func (e Entry) classes() string {
	if e.Classes == 0 {
		return "–"
	}
	return strconv.Itoa(e.Classes)
}

func (e Entry) download() string {
	switch {
	case e.Download == 0:
		return "–"
	case e.Download < 1e6:
		return fmt.Sprintf("%.0f kB", float64(e.Download)/1e3)
	}
	return fmt.Sprintf("%.0f MB", float64(e.Download)/1e6)
}
