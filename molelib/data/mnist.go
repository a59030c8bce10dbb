package data

import (
	"bytes"
	"context"
	"fmt"
	"slices"
)

// MNIST returns the 60,000 training and 10,000 test images of handwritten digits,
// 28×28, scaled to [0, 1]. The first call downloads 11 MB and keeps them; see
// Options for mirrors, the cache and progress. Every call verifies the content.
func MNIST(ctx context.Context, options ...Options) (train, test *Dataset, err error) {
	return mnist.load(ctx, options)
}

// FashionMNIST returns the 60,000 training and 10,000 test images of clothes in
// 10 classes, 28×28, scaled to [0, 1]. The first call downloads 30 MB; otherwise
// it is like MNIST.
func FashionMNIST(ctx context.Context, options ...Options) (train, test *Dataset, err error) {
	return fashion.load(ctx, options)
}

// idxSet describes a dataset of four gzipped idx files: images and labels of training, then
// of test.
type idxSet struct {
	fileSet
	classes []string
}

var mnist = idxSet{classes: numbered(10), fileSet: fileSet{
	name:   "MNIST",
	kind:   "grid",
	folder: "mnist",
	sources: []string{
		"https://ossci-datasets.s3.amazonaws.com/mnist/",
		"https://storage.googleapis.com/cvdf-datasets/mnist/",
	},
	files: []remoteFile{
		{"train-images-idx3-ubyte.gz", 9912422, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
		{"train-labels-idx1-ubyte.gz", 28881, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
		{"t10k-images-idx3-ubyte.gz", 1648877, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
		{"t10k-labels-idx1-ubyte.gz", 4542, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
	},
}}

var fashion = idxSet{classes: []string{
	"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
}, fileSet: fileSet{
	name:   "Fashion-MNIST",
	kind:   "grid",
	folder: "fashion-mnist",
	sources: []string{
		"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
		"https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
	},
	files: []remoteFile{
		{"train-images-idx3-ubyte.gz", 26421880, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
		{"train-labels-idx1-ubyte.gz", 29515, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
		{"t10k-images-idx3-ubyte.gz", 4422102, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
		{"t10k-labels-idx1-ubyte.gz", 5148, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
	},
}}

func (s *idxSet) load(ctx context.Context, options []Options) (train, test *Dataset, err error) {
	f := newFetcher(&s.fileSet, options)
	if train, err = s.part(ctx, f, s.name+" train", s.files[0], s.files[1]); err != nil {
		return nil, nil, err
	}
	if test, err = s.part(ctx, f, s.name+" test", s.files[2], s.files[3]); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

func (s *idxSet) part(ctx context.Context, f *fetcher, name string, images, labels remoteFile) (*Dataset, error) {
	shape, pixels, err := f.idx(ctx, images)
	if err != nil {
		return nil, err
	}
	_, marks, err := f.idx(ctx, labels)
	if err != nil {
		return nil, err
	}
	if len(shape) != 3 || len(marks) != shape[0] {
		return nil, fmt.Errorf("data: %s: images of shape %v do not fit %d labels", name, shape, len(marks))
	}
	return fromIDX(name, shape, pixels, marks, slices.Clone(s.classes)), nil
}

// idx returns shape and values of one file, wherever it is found first.
func (f *fetcher) idx(ctx context.Context, file remoteFile) (shape []int, values []byte, err error) {
	content, err := f.content(ctx, file)
	if err != nil {
		return nil, nil, err
	}
	shape, values, err = readIDX(bytes.NewReader(content))
	if err != nil {
		return nil, nil, fmt.Errorf("data: %s, %s: %w", f.set.name, file.name, err)
	}
	return shape, values, nil
}
