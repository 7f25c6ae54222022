package chronicle

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// TextMost is how many characters of a text that others wrote are kept.
const TextMost = 300

// cut keeps the beginning of a text, with a mark that some is gone. The result
// shares no memory with the text.
func cut(s string, most int) string {
	if len(s) <= most {
		return strings.Clone(s)
	}
	at, n := 0, 0
	for i := range s {
		if n == most-1 {
			at = i
		}
		if n++; n > most {
			return s[:at] + "…"
		}
	}
	return strings.Clone(s)
}

// Mask hides who an address belongs to: the first and the last character of the
// local part stay, and the domain. Of a local part of one or two characters only
// the first one stays.
func Mask(address string) string {
	local, domain, at := cutLast(address)
	first, size := utf8.DecodeRuneInString(local)
	if size == 0 {
		return address
	}
	masked := string(first) + "•••"
	if last, lastSize := utf8.DecodeLastRuneInString(local); utf8.RuneCountInString(local) > 2 && lastSize > 0 {
		masked += string(last)
	}
	if at {
		masked += "@" + domain
	}
	return masked
}

// cutLast cuts an address at its last @: a quoted local part may have others (RFC
// 5321, section 4.1.2).
func cutLast(address string) (local, domain string, at bool) {
	if i := strings.LastIndexByte(address, '@'); i >= 0 {
		return address[:i], address[i+1:], true
	}
	return address, "", false
}

// veil masks addresses, unless they are to be shown.
type veil struct{ off bool }

func (v veil) address(a string) string {
	if !v.off {
		a = Mask(a)
	}
	return cut(a, TextMost)
}

// mailbox masks the account of "account/folder".
func (v veil) mailbox(m string) string {
	account, folder, has := strings.Cut(m, "/")
	if has {
		return cut(v.address(account)+"/"+folder, TextMost)
	}
	return v.address(account)
}

// foreign shortens text that others wrote; everything in it that looks like an
// address is masked too, so that a reply does not tell what its row hides.
func (v veil) foreign(text string) string {
	if !v.off {
		text = addressLike.ReplaceAllStringFunc(cut(text, 4*TextMost), Mask)
	}
	return cut(text, TextMost)
}

// path is foreign, and the owner of a mailbox may be a folder in it.
func (v veil) path(path, owner string) string {
	if local, _, _ := cutLast(owner); !v.off && local != "" {
		parts := strings.Split(cut(path, 4*TextMost), "/")
		for i, part := range parts {
			if strings.EqualFold(part, local) {
				parts[i] = Mask(part)
			}
		}
		path = strings.Join(parts, "/")
	}
	return v.foreign(path)
}

// addressLike is what may be an address of a mailbox in running text.
var addressLike = regexp.MustCompile(`[^\s<>()\[\]:;,"'@/=]+@[^\s<>()\[\]:;,"'@/=]+`)
