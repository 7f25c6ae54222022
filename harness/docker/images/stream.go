package images

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// tailLines is how much of a failed step's output an error repeats.
const tailLines = 6

// follow reads what the engine reports about long work to its end. Steps are
// told as progress; an error carries the step and the end of its output.
func follow(stream io.Reader, progress func(string)) error {
	var step string
	var tail []string
	for messages := json.NewDecoder(stream); ; {
		var m struct {
			Stream, Status, Error string
		}
		err := messages.Decode(&m)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the engine's progress: %w", err)
		}
		if m.Error != "" {
			return failed(step, m.Error, tail)
		}
		for line := range strings.Lines(m.Stream) {
			line = strings.TrimSpace(line)
			switch {
			case strings.HasPrefix(line, "Step "):
				step, tail = line, nil
				progress(shorten(line))
			case line != "":
				tail = append(tail, line)
				tail = tail[max(0, len(tail)-tailLines):]
			}
		}
	}
}

func failed(step, reason string, tail []string) error {
	switch {
	case step == "":
		return errors.New(reason)
	case len(tail) == 0:
		return fmt.Errorf("%s: %s", shorten(step), reason)
	}
	return fmt.Errorf("%s: %s; its last words: %s", shorten(step), reason, strings.Join(tail, " | "))
}

// shorten makes a line that fits a terminal.
func shorten(line string) string {
	const width = 100
	if len(line) <= width {
		return line
	}
	return strings.ToValidUTF8(line[:width], "") + "..."
}
