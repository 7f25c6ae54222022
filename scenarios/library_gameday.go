package scenarios

import (
	"errors"
	"fmt"
	"os"
)

// GameDayNames lists the game days of the library.
func GameDayNames() []string { return stems(exerciseFolder) }

// FindGameDay is [Find] for game days only.
func FindGameDay(nameOrPath string) (*Document, Problems, error) {
	return findOther(nameOrPath, "game day", "GameDay", exerciseFolder, func(d *Document) bool { return d.GameDay != nil })
}

// findOther reads a document of a kind that is no drill.
func findOther(nameOrPath, what, kind, folder string, is func(*Document) bool) (*Document, Problems, error) {
	if src, file, ok := embedded(folder, nameOrPath); ok {
		doc, problems := Parse(file, src)
		return doc, problems, nil
	}
	doc, problems, err := Load(nameOrPath)
	switch {
	case errors.Is(err, os.ErrNotExist) && !isPath(nameOrPath):
		names := stems(folder)
		text := fmt.Sprintf("%q is neither a %s of the library nor a file", nameOrPath, what)
		if s := closest(nameOrPath, names); s != "" {
			text += fmt.Sprintf("; did you mean %q?", s)
		}
		return nil, nil, unknown(text + fmt.Sprintf("; the library has %v", names))
	case err == nil && doc != nil && !is(doc):
		return nil, Problems{doc.Problem("kind", fmt.Sprintf("this is no %s, whose kind is %s", what, kind), "")}, nil
	}
	return doc, problems, err
}
