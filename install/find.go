package install

import (
	"fmt"
	"os"
	"path/filepath"
)

// Found is a kernelspec of ours that Jupyter can see.
type Found struct {
	Name    string
	Dir     string
	Spec    Spec
	Problem string // why it would not start; "" when nothing is known against it
}

// Find lists the kernelspecs of ours in all folders where Jupyter looks, in the order in
// which it looks, and in extra data folders before those.
func Find(extra ...string) ([]Found, error) {
	h, err := thisHost()
	if err != nil {
		return nil, err
	}
	var found []Found
	seen := map[string]bool{}
	for _, data := range append(extra, h.dataDirs()...) {
		if data == "" || seen[filepath.Clean(data)] {
			continue
		}
		seen[filepath.Clean(data)] = true
		found = append(found, findIn(filepath.Join(data, "kernels"))...)
	}
	return found, nil
}

// findIn lists ours in one kernels folder; folders that cannot be read hold none.
func findIn(kernels string) []Found {
	entries, err := os.ReadDir(kernels)
	if err != nil {
		return nil
	}
	var found []Found
	for _, e := range entries {
		dir := filepath.Join(kernels, e.Name())
		spec, err := read(dir)
		if err != nil || !spec.ours() {
			continue
		}
		found = append(found, Found{Name: e.Name(), Dir: dir, Spec: spec, Problem: spec.problem()})
	}
	return found
}

// problem says why the kernelspec would not start.
func (s Spec) problem() string {
	if len(s.Argv) == 0 {
		return "its argv is empty; run mole-kernel install again"
	}
	binary := s.Argv[0]
	if !filepath.IsAbs(binary) {
		return "" // looked up by Jupyter, in a wheel relative to {resource_dir}
	}
	info, err := os.Stat(binary)
	switch {
	case err != nil:
		return fmt.Sprintf("its binary %s is gone; run mole-kernel install again", binary)
	case info.IsDir() || info.Mode()&0o111 == 0 && filepath.Ext(binary) != ".exe":
		return fmt.Sprintf("%s is not executable", binary)
	}
	return ""
}

// Remove deletes the kernelspec called name from the data folder dir ("" for the user's)
// and returns the folder that it deleted. Kernelspecs of other kernels are never touched.
func Remove(dir, name string) (string, error) {
	if name == "" {
		name = DefaultName
	}
	if !validName.MatchString(name) {
		return "", fmt.Errorf("kernel name %q: use lower-case letters, digits, '.', '_' and '-' only", name)
	}
	if dir == "" {
		user, err := UserDir()
		if err != nil {
			return "", err
		}
		dir = user
	}
	target := filepath.Join(dir, "kernels", name)
	spec, err := read(target)
	if os.IsNotExist(err) {
		return "", fmt.Errorf("%w: %s (mole-kernel doctor lists those that exist)", ErrNotFound, target)
	}
	if err != nil {
		return "", err
	}
	if !spec.ours() {
		return "", fmt.Errorf("%s belongs to another kernel (%s): not removed", target, spec.DisplayName)
	}
	if err := os.RemoveAll(target); err != nil {
		return "", fmt.Errorf("remove kernelspec: %w", err)
	}
	return target, nil
}
