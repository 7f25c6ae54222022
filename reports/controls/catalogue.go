package controls

import (
	"embed"
	"slices"
	"strings"
	"sync"
)

//go:embed catalogue/*.yaml
var shipped embed.FS

// Control is one control of a framework.
type Control struct {
	ID        string   `json:"id"` // as scenarios write it: "iso27001:A.5.30"
	Framework string   `json:"framework"`
	Edition   string   `json:"edition"`
	Summary   string   `json:"summary"` // in our own words
	Fields    []string `json:"fields"`  // ids of evidence fields that it asks for
	Output    string   `json:"output"`  // what of a drill answers it
	Coverage  Coverage `json:"coverage"`
	Note      string   `json:"note,omitempty"`
}

// Coverage is how far the output of a drill can answer a control.
type Coverage string

const (
	Direct  Coverage = "direct"  // the output answers it
	Partial Coverage = "partial" // people have to add to it
	Context Coverage = "context" // it is background for an answer
)

// Framework is a standard or a law with its controls.
type Framework struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Edition  string    `json:"edition"`
	Controls []Control `json:"controls"`
}

// Catalogue is all that is known, by framework and in the order of each.
type Catalogue []Framework

// Shipped is the catalogue that is part of the program.
var Shipped = sync.OnceValue(func() Catalogue {
	c, err := Load(shipped, "catalogue")
	if err != nil {
		panic(err) // a test reads the same files
	}
	return c
})

// Find gives a control by its id, "iso27001:A.5.30".
func (c Catalogue) Find(id string) (Control, bool) {
	for _, f := range c {
		for _, k := range f.Controls {
			if k.ID == id {
				return k, true
			}
		}
	}
	return Control{}, false
}

// Framework gives a framework by its id, "iso27001".
func (c Catalogue) Framework(id string) (Framework, bool) {
	i := slices.IndexFunc(c, func(f Framework) bool { return f.ID == id })
	if i < 0 {
		return Framework{}, false
	}
	return c[i], true
}

// Frameworks lists their ids.
func (c Catalogue) Frameworks() []string {
	var ids []string
	for _, f := range c {
		ids = append(ids, f.ID)
	}
	return ids
}

// IDs lists the controls of all frameworks.
func (c Catalogue) IDs() []string {
	var ids []string
	for _, f := range c {
		for _, k := range f.Controls {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// Near lists what may have been meant by an id that is not in the catalogue:
// the controls of its framework; if that is unknown, the frameworks; of an id
// without a framework, the controls that end in it. word is the part of the id
// that is wrong.
func (c Catalogue) Near(id string) (word string, valid []string) {
	framework, _, whole := strings.Cut(id, ":")
	for _, known := range c.IDs() {
		of, rest, _ := strings.Cut(known, ":")
		if whole && of == framework || !whole && rest == id {
			valid = append(valid, known)
		}
	}
	if len(valid) > 0 {
		return id, valid
	}
	return framework, c.Frameworks()
}
