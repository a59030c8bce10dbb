package data

import (
	"bytes"
	"context"
	"math"
)

// MUTAG returns 188 nitroaromatic compounds as graphs of atoms (7 elements), by their
// mutagenic effect on a bacterium: 63 have none, 125 have one. The ten folds are those that
// DGCNN and GIN report on: they test 18 graphs each, so that 8 graphs are tested by none. The
// first call downloads 33 kB; see Options.
func MUTAG(ctx context.Context, options ...Options) (*GraphSet, error) {
	return mutag.load(ctx, options)
}

// PROTEINS returns 1,113 proteins as graphs of secondary structures (helix, sheet, turn):
// 663 enzymes and 450 others. The ten given folds test 111 each, 3 graphs are tested by
// none. The first call downloads 646 kB; see Options.
func PROTEINS(ctx context.Context, options ...Options) (*GraphSet, error) {
	return proteins.load(ctx, options)
}

// NCI1 returns 4,110 chemical compounds as graphs of atoms (37 elements), by their activity
// against lung cancer cells: 2,053 in class 0 and 2,057 in class 1, with ten given folds. The
// first call downloads 1.2 MB; see Options.
func NCI1(ctx context.Context, options ...Options) (*GraphSet, error) {
	return nci1.load(ctx, options)
}

// dgcnnSet describes a set in DGCNN's text, with ten lists of test graphs.
type dgcnnSet struct {
	fileSet
	classes []string // in the order of the labels of the text
}

const dgcnn = "https://raw.githubusercontent.com/muhanzhang/pytorch_DGCNN/50f504131ca66382f3f078ae98e59aa3ae35b795/data/"

func (d *dgcnnSet) load(ctx context.Context, options []Options) (*GraphSet, error) {
	f := newFetcher(&d.fileSet, options)
	text, err := f.content(ctx, d.files[0])
	if err != nil {
		return nil, err
	}
	s, err := ReadGraphs(&cancelledReader{ctx, bytes.NewReader(text)}, d.files[0].name)
	if err != nil {
		return nil, err
	}
	s.Name = d.name
	if len(d.classes) == len(s.Classes) {
		s.Classes = append([]string(nil), d.classes...)
	}
	for _, file := range d.files[1:] {
		rows, err := f.rows(ctx, file)
		if err != nil {
			return nil, err
		}
		s.Folds = append(s.Folds, rows)
	}
	return s, s.Validate()
}

// rows reads a file of whole numbers.
func (f *fetcher) rows(ctx context.Context, file remoteFile) ([]int, error) {
	text, err := f.content(ctx, file)
	if err != nil {
		return nil, err
	}
	return readRows(newLines(bytes.NewReader(text), file.name))
}

// readRows reads whole numbers that count from 0, any number in a line.
func readRows(l *lines) ([]int, error) {
	var rows []int
	for {
		if err := l.next(); err != nil {
			if l.ended {
				return rows, nil
			}
			return nil, err
		}
		for cell := range l.cells {
			row, err := l.integer(cell, 0, math.MaxInt32)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
	}
}

var mutag = dgcnnSet{classes: []string{"not mutagenic", "mutagenic"}, fileSet: fileSet{
	name:    "MUTAG",
	kind:    "graph",
	folder:  "dgcnn/MUTAG",
	sources: []string{dgcnn + "MUTAG/"},
	files: []remoteFile{
		{"MUTAG.txt", 32377, "5897dae243f6c773aab54ec99e86551c3b1e8601acef254714073042c632d30e"},
		{"10fold_idx/test_idx-1.txt", 63, "52a082efad97dbff2220023632ef36009025489cad04ee40d027758cdc2525c4"},
		{"10fold_idx/test_idx-2.txt", 58, "356bc8b8d00c2da11596ac0589981fcefec6cc2a888c015d9e35f17001e16b20"},
		{"10fold_idx/test_idx-3.txt", 61, "f485c4e7341e78d08a8450e61861c53406ef7beb86ae2dac16062cf8214eb448"},
		{"10fold_idx/test_idx-4.txt", 61, "7b8db256fafc179a2bd3c4a7114f0ae3905dd13fb318f34f3281a5a5066161c0"},
		{"10fold_idx/test_idx-5.txt", 62, "992858c1122d9f9e99c4fe975742632bbcc4dc9cc651c6513c4accf526fbb4b7"},
		{"10fold_idx/test_idx-6.txt", 62, "eaf2e57b545766e558dd393ee428ac1561bcc07a42908eb8644835ccb4bc3062"},
		{"10fold_idx/test_idx-7.txt", 63, "eda25cebd772a6935d4b780a4f58d8aa947df43c14463a6ed0aeb2e555462f5c"},
		{"10fold_idx/test_idx-8.txt", 64, "9da7a48b329f17c16bc15939bafb14bababde6d948aff83583e32cdb1dc2c4d6"},
		{"10fold_idx/test_idx-9.txt", 65, "274119935ba895fa3d8829a463243800c1982704f9f179bb4ef290af1019c092"},
		{"10fold_idx/test_idx-10.txt", 55, "adaf574e4804a4c6849a8213121b1a18bd45101a1ca2e83e90b2c0917abee5df"},
	},
}}

var proteins = dgcnnSet{classes: []string{"enzyme", "no enzyme"}, fileSet: fileSet{
	name:    "PROTEINS",
	kind:    "graph",
	folder:  "dgcnn/PROTEINS",
	sources: []string{dgcnn + "PROTEINS/"},
	files: []remoteFile{
		{"PROTEINS.txt", 642021, "ed0730f9bf9da68aa6a8c80f2f2b6ecea5d05791ca254c709f3efab3b45d937b"},
		{"10fold_idx/test_idx-1.txt", 436, "41c02c84ef8cba8a781b32f51c6622c2a5ea6c6911a3c3232a4707b8c1bf0ec9"},
		{"10fold_idx/test_idx-2.txt", 441, "d2886161063807351509512948351a5ecaa549fb7074ce89c42b72ad7d5db035"},
		{"10fold_idx/test_idx-3.txt", 444, "3c85ff214e3d208396e706281304e5eee5ddb7f95ac3a10e37785c68a564c979"},
		{"10fold_idx/test_idx-4.txt", 442, "f0e6908b9b56aa830da2588c5617a427e66c60e6477fef56c17b41b52f9f4e8c"},
		{"10fold_idx/test_idx-5.txt", 446, "80661f7ae120fddfaed17bdd9a73195f3fadbd6849b8534662aeb2b7b86efe32"},
		{"10fold_idx/test_idx-6.txt", 451, "3a2be0743b8148b37dcfe627f364e97da595b4efc50424ec295ee572be3d85cd"},
		{"10fold_idx/test_idx-7.txt", 442, "b1006f84c83fa23249d3d7dfe97ca82d341fb8051c322934665164364403312f"},
		{"10fold_idx/test_idx-8.txt", 441, "098735673ba5d542e6b96e026015455f27b9e2deeed765b1b4a977fd8f95bcef"},
		{"10fold_idx/test_idx-9.txt", 450, "376c4d7ca5df6d72d5bfe7afe37b7004dd94ff828842ebedfd1080012e36cce7"},
		{"10fold_idx/test_idx-10.txt", 451, "b274252b1e25f07be0b20171b15e7c813c06cb8060bd1a0b1898d86fb748a8c2"},
	},
}}

var nci1 = dgcnnSet{fileSet: fileSet{
	name:    "NCI1",
	kind:    "graph",
	folder:  "dgcnn/NCI1",
	sources: []string{dgcnn + "NCI1/"},
	files: []remoteFile{
		{"NCI1.txt", 1228668, "415d2e0861484c2baef1e40ee3ca62dd13c06d6b99549fb25774f43533e9321d"},
		{"10fold_idx/test_idx-1.txt", 1950, "69ba41507198321186a9698c5e259015ecb827b523404e1cd9b52fecd3315cfe"},
		{"10fold_idx/test_idx-2.txt", 1929, "c90d73b4da1ac591ab4c0928b629d24b08d81f39ce3301f294cb5b21821b73b8"},
		{"10fold_idx/test_idx-3.txt", 1942, "c30ab61114a58f700da36f2462090bf5d445df9b8bb7e3eb0337a832e4f3956e"},
		{"10fold_idx/test_idx-4.txt", 1941, "b440e3d772724d6d5944edbd77464c12b167f781420cdd63de5160b1e8e864b4"},
		{"10fold_idx/test_idx-5.txt", 1953, "32914d0ce569e1adef34e876fff00af160b7ed57336bc9a935ae515ba1043c71"},
		{"10fold_idx/test_idx-6.txt", 1955, "88a00599d2e9420adefa8336d0f0faa6b2cb32a1466e35d5744e54ed270c00db"},
		{"10fold_idx/test_idx-7.txt", 1937, "1726d3cb29343c56e645b6fe58642e604b6d3db52544f05da3049e4669bbef19"},
		{"10fold_idx/test_idx-8.txt", 1949, "b7f1b92f5976476c06a16f632b0cb715816a87bb6b3ae218dbdd2e198881f260"},
		{"10fold_idx/test_idx-9.txt", 1946, "5be6bdb3897e7c3cc678708a1e7df6acb90c1fc2972c20a44cdc544fd7b26de7"},
		{"10fold_idx/test_idx-10.txt", 1938, "b714e73b9f04cb36130247447943f7109243095ac1a29dc684cbd245e2f774b4"},
	},
}}
