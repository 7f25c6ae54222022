package signoff

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"
)

// Allowed is the list of those whose signatures count.
type Allowed []allowed

type allowed struct {
	principals    []string // patterns
	key           []byte
	namespaces    []string // patterns; none: all
	after, before time.Time
	authority     bool // of certificates, which this reader does not know
}

// ReadAllowed reads a list (ssh-keygen(1), ALLOWED SIGNERS). A line that cannot be
// read is an error: somebody on it may have been meant not to count.
func ReadAllowed(text []byte) (Allowed, error) {
	var all Allowed
	n := 0
	for line := range bytes.Lines(text) {
		n++
		line := strings.TrimSpace(string(line))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		a, err := readAllowed(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		all = append(all, a)
	}
	return all, nil
}

func readAllowed(line string) (allowed, error) {
	principals, rest := firstWord(line)
	a := allowed{principals: strings.Split(strings.Trim(principals, `"`), ",")}
	key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(rest))
	if err != nil {
		return allowed{}, fmt.Errorf("it has no key that can be read: %w", err)
	}
	a.key = key.Marshal()
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		value = strings.Trim(value, `"`)
		switch strings.ToLower(name) {
		case "namespaces":
			a.namespaces = strings.Split(value, ",")
		case "valid-after":
			a.after, err = readTime(value)
		case "valid-before":
			a.before, err = readTime(value)
		case "cert-authority":
			a.authority = true
		default:
			err = fmt.Errorf("unknown option %q", name)
		}
		if err != nil {
			return allowed{}, err
		}
	}
	return a, nil
}

// firstWord splits at the first white space outside of quotes.
func firstWord(line string) (word, rest string) {
	quoted := false
	for i, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case (r == ' ' || r == '\t') && !quoted:
			return line[:i], strings.TrimSpace(line[i:])
		}
	}
	return line, ""
}

// readTime reads YYYYMMDD or YYYYMMDDHHMM[SS]; a Z at its end is UTC, else it is the
// local time.
func readTime(s string) (time.Time, error) {
	where := time.Local
	if cut, utc := strings.CutSuffix(s, "Z"); utc {
		s, where = cut, time.UTC
	}
	for _, layout := range []string{"20060102", "200601021504", "20060102150405"} {
		if len(s) == len(layout) {
			return time.ParseInLocation(layout, s, where)
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time", s)
}

// Allows tells why a signature does not count; nil: it does. The time is what the
// signer says, as git takes it.
func (all Allowed) Allows(s Signed) error {
	at, err := time.Parse(time.RFC3339, s.Sheet.At)
	if err != nil {
		return err
	}
	why := fmt.Errorf("%s with the key %s is not among the allowed signers", s.Sheet.Name, ssh.FingerprintSHA256(s.Key))
	for _, a := range all {
		if a.authority || !bytes.Equal(a.key, s.Key.Marshal()) || !matches(a.principals, s.Sheet.Name) {
			continue
		}
		switch {
		case len(a.namespaces) > 0 && !matches(a.namespaces, Namespace):
			why = fmt.Errorf("%s is allowed to sign %s, not %s", s.Sheet.Name, strings.Join(a.namespaces, ", "), Namespace)
		case !a.after.IsZero() && at.Before(a.after), !a.before.IsZero() && at.After(a.before):
			why = fmt.Errorf("%s was not allowed to sign at %s", s.Sheet.Name, s.Sheet.At)
		default:
			return nil
		}
	}
	return why
}

// matches compares with a list of patterns, of which those with an exclamation mark
// exclude (ssh_config(5), PATTERNS).
func matches(patterns []string, name string) bool {
	for _, p := range patterns {
		if not, is := strings.CutPrefix(p, "!"); is && fits(not, name) {
			return false
		}
	}
	return slices.ContainsFunc(patterns, func(p string) bool { return !strings.HasPrefix(p, "!") && fits(p, name) })
}

// fits compares with one pattern: * stands for any letters, ? for one.
func fits(pattern, name string) bool {
	for i, r := range pattern {
		switch {
		case r == '*':
			rest := pattern[i+1:]
			for j := 0; j <= len(name); j++ {
				if fits(rest, name[j:]) {
					return true
				}
			}
			return false
		case name == "":
			return false
		}
		first, size := utf8.DecodeRuneInString(name)
		if r != '?' && r != first {
			return false
		}
		name = name[size:]
	}
	return name == ""
}
