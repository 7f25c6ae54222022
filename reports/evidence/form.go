package evidence

import (
	"bytes"
	"encoding/json"
)

// Marshal writes what is sealed or signed: JSON indented by two spaces, with a
// newline at its end. Readers take nothing that is not in this form, so that no
// byte of a file is without a meaning.
func Marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return out.Bytes(), err
}
