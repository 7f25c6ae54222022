package verify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// difference is one place at which two JSON values are not the same.
type difference struct {
	text  string
	added bool // only the second one has it
}

// compare lists the differences between what is written and what comes out now.
func compare(written, now any) []difference { return compareAt("", written, now) }

func compareAt(at string, written, now any) []difference {
	switch w := written.(type) {
	case map[string]any:
		if n, ok := now.(map[string]any); ok {
			return compareObjects(at, w, n)
		}
	case []any:
		if n, ok := now.([]any); ok {
			return compareLists(at, w, n)
		}
	}
	if a, b := short(written), short(now); a != b {
		return []difference{{text: fmt.Sprintf("%s is %s, the ledger gives %s", at, a, b)}}
	}
	return nil
}

func compareObjects(at string, written, now map[string]any) (all []difference) {
	keys := slices.Collect(maps.Keys(written))
	keys = slices.AppendSeq(keys, maps.Keys(now))
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		path := key
		if at != "" {
			path = at + "." + key
		}
		w, inWritten := written[key]
		n, inNow := now[key]
		switch {
		case !inNow:
			all = append(all, difference{text: fmt.Sprintf("%s is %s, the ledger gives no such thing", path, short(w))})
		case !inWritten:
			all = append(all, difference{text: fmt.Sprintf("%s is missing, the ledger gives %s", path, short(n)), added: true})
		default:
			all = append(all, compareAt(path, w, n)...)
		}
	}
	return all
}

func compareLists(at string, written, now []any) (all []difference) {
	if len(written) != len(now) {
		all = append(all, difference{text: fmt.Sprintf("%s has %d items, the ledger gives %d", at, len(written), len(now))})
	}
	for i := range min(len(written), len(now)) {
		all = append(all, compareAt(fmt.Sprintf("%s[%d]", at, i), written[i], now[i])...)
	}
	return all
}

// longestValue is how much of a value is shown, in bytes.
const longestValue = 120

func short(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if len(b) > longestValue {
		return fmt.Sprintf("%s... (%d bytes)", b[:longestValue], len(b))
	}
	return string(b)
}

// differs names the first byte at which two files part, with its line.
func differs(have, want []byte, source string) string {
	n := 0
	for n < len(have) && n < len(want) && have[n] == want[n] {
		n++
	}
	line := 1 + bytes.Count(have[:n], []byte("\n"))
	switch {
	case n == len(have) && n == len(want):
		return "they are the same"
	case n == len(have):
		return fmt.Sprintf("it ends at byte %d, %s %d bytes", n, source, len(want))
	case n == len(want):
		return fmt.Sprintf("it goes on after byte %d, where %s its end", n, source)
	}
	return fmt.Sprintf("line %d, byte %d is %q, %s %q", line, n, lineAt(have, n), source, lineAt(want, n))
}

// lineAt is the line around a byte, or the part of it near the byte.
func lineAt(text []byte, n int) string {
	from := bytes.LastIndexByte(text[:n], '\n') + 1
	to := len(text)
	if i := bytes.IndexByte(text[n:], '\n'); i >= 0 {
		to = n + i
	}
	return string(text[max(from, n-30):min(to, n+50)])
}
