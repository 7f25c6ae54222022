package servers

import (
	"bytes"
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// fill executes a template.
func fill(name string, data any) (string, error) {
	t, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{"join": colons}).ParseFS(templates, "templates/"+name)
	if err != nil {
		return "", fmt.Errorf("read template %s: %w", name, err)
	}
	var text bytes.Buffer
	if err := t.Execute(&text, data); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return text.String(), nil
}

// colons joins the items of a list of Exim (Exim specification, 6.21).
func colons(items []string) string { return strings.Join(items, " : ") }

// override replaces the "name = value" lines of a configuration, at the outer
// level, and appends what is not there. That is main.cf's syntax (postconf(5))
// and dovecot.conf's alike.
func override(text string, settings map[string]string) (string, error) {
	left := maps.Clone(settings)
	var out strings.Builder
	for line := range strings.Lines(text) {
		name, _, isSetting := strings.Cut(line, " =")
		if value, given := left[name]; given && isSetting {
			line = assignment(name, value)
			delete(left, name)
		}
		out.WriteString(line)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		out.WriteString(assignment(name, left[name]))
	}
	for name, value := range settings {
		if strings.ContainsAny(name+value, "\r\n") || strings.ContainsAny(name, " =#{}") || name == "" {
			return "", fmt.Errorf("setting %q: a name and a value of one line each are wanted", name)
		}
	}
	return out.String(), nil
}

func assignment(name, value string) string {
	return strings.TrimRight(name+" = "+value, " ") + "\n"
}
