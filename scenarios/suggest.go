package scenarios

import (
	"slices"
	"strings"
)

// closest gives the valid word that was probably meant, or "".
func closest(wrong string, valid []string) string {
	const longest = 64
	best, found := len([]rune(wrong))/3+2, ""
	if wrong == "" || len(wrong) > longest {
		return ""
	}
	for _, v := range valid {
		if d := distance(strings.ToLower(wrong), strings.ToLower(v)); d < best && v != wrong {
			best, found = d, v
		}
	}
	return found
}

// kin gives the few names that share the most words with a wrong one, in their
// order: mx-power-cut has a word in common with power-cut-store-synced.
func kin(wrong string, names []string) (some []string) {
	const few = 6
	words := strings.FieldsFunc(strings.ToLower(wrong), func(r rune) bool { return strings.ContainsRune("-_ ./", r) })
	shared := func(name string) (n int) {
		for w := range strings.SplitSeq(name, "-") {
			if slices.Contains(words, w) {
				n++
			}
		}
		return n
	}
	for _, n := range names {
		if shared(n) > 0 {
			some = append(some, n)
		}
	}
	slices.SortStableFunc(some, func(a, b string) int { return shared(b) - shared(a) })
	return some[:min(len(some), few)]
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	d := make([][]int, len(s)+1)
	for i := range d {
		d[i] = make([]int, len(t)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			replace := d[i-1][j-1]
			if s[i-1] != t[j-1] {
				replace++
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, replace)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(s)][len(t)]
}
