package verify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// State is how a check ended. The zero value is no state.
type State string

// States of a check.
const (
	Fits       State = "ok"
	Fails      State = "FAILED"
	NotChecked State = "not checked"
)

// Check is one thing that was looked at.
type Check struct {
	State  State  `json:"state"`
	Name   string `json:"name"`            // "artefacts"
	About  string `json:"about,omitempty"` // file, line or run
	Detail string `json:"detail"`
}

// Findings are all checks of one run or register, in the order in which they were
// made.
type Findings struct {
	Subject string `json:"subject"`
	Kind    string `json:"kind"` // "run" or "register"
	OK      bool   `json:"ok"`   // nothing failed
	// Of a run: its id, how it ended, and whether on servers that were played.
	Run       string `json:"run,omitempty"`
	Ending    string `json:"ending,omitempty"`
	Simulated bool   `json:"simulated,omitempty"`

	Checks []Check `json:"checks"`
}

func (f *Findings) add(state State, name, about, format string, args ...any) {
	f.Checks = append(f.Checks, Check{state, name, Plain(about), Plain(fmt.Sprintf(format, args...))})
}

func (f *Findings) fits(name, about, format string, args ...any) {
	f.add(Fits, name, about, format, args...)
}

func (f *Findings) fails(name, about, format string, args ...any) {
	f.add(Fails, name, about, format, args...)
}

func (f *Findings) open(name, about, format string, args ...any) {
	f.add(NotChecked, name, about, format, args...)
}

// conclude works out the answer. No check at all is no answer.
func (f *Findings) conclude() *Findings {
	f.OK = len(f.Checks) > 0 && !slices.ContainsFunc(f.Checks, func(c Check) bool { return c.State != Fits && c.State != NotChecked })
	return f
}

// Unreadable is all there is to say of a bundle that cannot be opened.
func Unreadable(file string, err error) *Findings {
	f := &Findings{Subject: file, Kind: "run"}
	f.fails("bundle", file, "%v", err)
	return f.conclude()
}

// Moved speaks of where something really is instead of where it was looked at.
func (f *Findings) Moved(from, to string) {
	f.Subject = to
	for i := range f.Checks {
		c := &f.Checks[i]
		c.About, c.Detail = strings.ReplaceAll(c.About, from, to), strings.ReplaceAll(c.Detail, from, to)
	}
}

// Plain shows what is in names and texts of others, and obeys none of it: control
// characters, marks that turn the direction of text, and broken UTF-8 are written
// out.
func Plain(s string) string {
	if !strings.ContainsFunc(s, strange) {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		if strange(r) {
			quoted := strconv.QuoteRuneToASCII(r)
			out.WriteString(quoted[1 : len(quoted)-1])
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

func strange(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) }
