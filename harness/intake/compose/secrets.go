package compose

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// secretName matches variables that hold a secret.
var secretName = regexp.MustCompile(`(?i)(passw|passphrase|(^|_)pass($|_)|pwd|secret|token|credential|(^|_)(api|auth|private|secret|access|encryption)_?key|dbpass|dbroot|redispass)`)

// shortest is the length from which a value is looked for in other places too.
const shortest = 4

// standIns are what is put in the place of secrets: for one secret the same
// everywhere, of the same length, since what two services share must be shared.
type standIns struct {
	by    map[string]string
	order []string // the longest first, so that none is replaced in part
}

// findSecrets collects those of a whole project.
func findSecrets(p *types.Project) *standIns {
	s := &standIns{by: map[string]string{}}
	for _, name := range p.ServiceNames() {
		environment := p.Services[name].Environment
		for _, key := range sortedKeys(environment) {
			if v := environment[key]; v != nil && secretName.MatchString(key) && !reference(*v) {
				s.add(*v)
			}
		}
	}
	for _, name := range sortedKeys(p.Secrets) {
		s.add(strings.TrimSpace(contentOf(types.FileObjectConfig(p.Secrets[name]), p.Environment)))
	}
	sort.SliceStable(s.order, func(i, j int) bool { return len(s.order[i]) > len(s.order[j]) })
	return s
}

// reference tells a value that says where a secret is from one that is it.
func reference(value string) bool {
	return strings.HasPrefix(value, "/") || value == "true" || value == "false"
}

func (s *standIns) add(secret string) {
	if _, known := s.by[secret]; known || secret == "" {
		return
	}
	text := ""
	for i := 0; len(text) < len(secret); i++ { // of its number, not of itself: nothing can be worked out from it
		text += fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "maildrill stand-in %d.%d", len(s.by), i)))
	}
	s.by[secret] = text[:len(secret)]
	s.order = append(s.order, secret)
}

// hide puts the stand-ins into a text: for whole words alone, since a password may be
// part of the name of a host.
func (s *standIns) hide(text string) string {
	for _, secret := range s.order {
		if len(secret) >= shortest {
			text = replaceWords(text, secret, s.by[secret])
		}
	}
	return text
}

func replaceWords(text, word, by string) string {
	var out strings.Builder
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			out.WriteString(text[at:])
			return out.String()
		}
		begin, end := at+i, at+i+len(word)
		out.WriteString(text[at:begin])
		if begin > 0 && wordByte(text[begin-1]) || end < len(text) && wordByte(text[end]) {
			out.WriteString(word)
		} else {
			out.WriteString(by)
		}
		at = end
	}
}

// wordByte tells what is part of the same word, or of the same host name.
func wordByte(b byte) bool {
	return b == '.' || b == '-' || b == '_' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// variables are those that are set, as the drill has them.
func (s *standIns) variables(m types.MappingWithEquals) map[string]string {
	set := map[string]string{}
	for key, value := range m {
		switch {
		case value == nil:
		case secretName.MatchString(key) && s.by[*value] != "":
			set[key] = s.by[*value]
		default:
			set[key] = s.hide(*value)
		}
	}
	return set
}
