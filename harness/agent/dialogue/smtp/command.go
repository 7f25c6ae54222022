package smtp

import (
	"strconv"
	"strings"
)

// verb is the first word of a command, in capitals.
func verb(command string) string {
	word, _, _ := strings.Cut(strings.TrimRight(command, "\r\n"), " ")
	return strings.ToUpper(word)
}

// path reads the address of MAIL FROM:<...> or RCPT TO:<...>, and what follows
// it. Quoted local parts may hold any character (RFC 5321, 4.1.2).
func path(command string) (address string, params []string) {
	_, rest, found := strings.Cut(strings.TrimRight(command, "\r\n"), ":")
	if !found {
		return "", nil
	}
	rest = strings.TrimLeft(rest, " ")
	if !strings.HasPrefix(rest, "<") {
		address, rest, _ = strings.Cut(rest, " ")
		return strings.ToLower(address), strings.Fields(rest)
	}
	end := closing(rest)
	if end < 0 {
		return strings.ToLower(rest[1:]), nil
	}
	return strings.ToLower(rest[1:end]), strings.Fields(rest[end+1:])
}

// closing finds the bracket that ends a path.
func closing(text string) int {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case '>':
			if !quoted {
				return i
			}
		}
	}
	return -1
}

// sizeOf reads the SIZE of MAIL (RFC 1870); zero: not told.
func sizeOf(params []string) int64 {
	for _, p := range params {
		if name, value, _ := strings.Cut(p, "="); strings.EqualFold(name, "SIZE") {
			n, err := strconv.ParseInt(value, 10, 64)
			if err == nil && n > 0 {
				return n
			}
		}
	}
	return 0
}

// chunk reads BDAT's size, and whether it is the last (RFC 3030).
func chunk(command string) (size int64, last, ok bool) {
	words := strings.Fields(command)
	if len(words) < 2 || len(words) > 3 {
		return 0, false, false
	}
	size, err := strconv.ParseInt(words[1], 10, 64)
	last = len(words) == 3 && strings.EqualFold(words[2], "LAST")
	return size, last, err == nil && size >= 0 && (len(words) == 2 || last)
}
