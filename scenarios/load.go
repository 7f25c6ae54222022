package scenarios

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Load reads a file. The error is about reading it; what is wrong in it is in
// the problems. sets are overrides, as for [Parse].
func Load(path string, sets ...string) (*Document, Problems, error) {
	return load(path, given{sets: sets})
}

func load(path string, with given) (*Document, Problems, error) {
	src, err := readFile(path)
	if err != nil {
		return nil, nil, err
	}
	d := parse(path, src, with)
	if d.Scenario != nil {
		d.resolve()
	}
	doc, problems := d.result()
	return doc, problems, nil
}

// Find reads a document of the library by its name, else a file by its path.
// Where a scenario and a topology share a name, it is the scenario; see
// [FindTopology].
func Find(nameOrPath string, sets ...string) (*Document, Problems, error) {
	return FindWith(nameOrPath, nil, sets...)
}

// FindWith is Find for a scenario whose evidence is in a file of its own, as
// [LoadEvidence] read it: each key there takes the place of the same key in the
// scenario, and keeps its position. nil: no such file.
func FindWith(nameOrPath string, evidence *Document, sets ...string) (*Document, Problems, error) {
	with := given{evidence: evidence, sets: sets}
	for _, folder := range append(slices.Clone(scenarioFolders), otherFolders...) {
		if src, file, ok := embedded(folder, nameOrPath); ok {
			doc, problems := whole(file, src, with)
			return doc, problems, nil
		}
	}
	return missing(nameOrPath, libraryNames(""), with)
}

// LoadEvidence reads a file of evidence. What is wrong in it is in the problems;
// one that has any must not be used.
func LoadEvidence(path string) (*Document, Problems, error) {
	doc, problems, err := Load(path)
	if err == nil && doc != nil && doc.Evidence == nil {
		return nil, Problems{doc.Problem("kind", "this is no file of evidence, whose kind is Evidence; `maildrill evidence template` prints one", "")}, nil
	}
	return doc, problems, err
}

// FindTopology is Find for topologies only.
func FindTopology(nameOrPath string, sets ...string) (*Document, Problems, error) {
	if src, file, ok := embedded(topologyFolder, nameOrPath); ok {
		doc, problems := Parse(file, src, sets...)
		return doc, problems, nil
	}
	return missing(nameOrPath, libraryNames("Topology"), given{sets: sets})
}

// missing reads a file, and says what the library has if there is none.
func missing(nameOrPath string, names []string, with given) (*Document, Problems, error) {
	doc, problems, err := load(nameOrPath, with)
	if !errors.Is(err, os.ErrNotExist) || isPath(nameOrPath) {
		return doc, problems, err
	}
	text := fmt.Sprintf("%q is neither in the library nor a file", nameOrPath)
	if s := closest(nameOrPath, names); s != "" {
		text += fmt.Sprintf("; did you mean %q?", s)
	}
	if some := kin(nameOrPath, names); len(some) > 0 {
		text += "; the library has, among others, " + strings.Join(some, ", ")
	}
	return nil, nil, unknown(text + "; `maildrill list scenarios` and `maildrill list topologies` show all")
}

// unknown is the error for a name that stands for nothing; it is an
// [os.ErrNotExist].
type unknown string

func (u unknown) Error() string        { return string(u) }
func (u unknown) Is(target error) bool { return target == os.ErrNotExist }

// List gives the *.yaml and *.yml files of a folder, sorted.
func List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list scenarios: %w", err)
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(e.Name())) {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files, nil
}

// ResolveTopology reads the topology that a scenario refers to: a name of the
// library, or a path relative to the file of the scenario.
func ResolveTopology(ref, relativeTo string) (*Document, Problems, error) {
	return resolveTopology(ref, relativeTo, given{})
}

func resolveTopology(ref, relativeTo string, with given) (*Document, Problems, error) {
	if !isPath(ref) {
		return FindTopology(ref)
	}
	if !filepath.IsAbs(ref) {
		ref = filepath.Join(filepath.Dir(relativeTo), ref)
	}
	return load(ref, with)
}

// readFile reads a file that is not absurdly large: of one that is, just
// enough to say so.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return src, nil
}

// isPath tells a path from a name of the library.
func isPath(ref string) bool {
	return strings.ContainsAny(ref, `/\`) || strings.HasSuffix(ref, ".yaml") || strings.HasSuffix(ref, ".yml")
}
