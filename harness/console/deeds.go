package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"maildrill/harness/exercise"
)

// Bounds of what people send, in bytes. In a form a byte can take three.
const (
	longestText = 16 << 10
	largestBody = 4 * longestText
)

var errLong = fmt.Errorf("the text is longer than %d KiB: shorten it, or keep it elsewhere and name the place", longestText>>10)

// deed is what a form asks for: an event, and the right that it takes.
type deed struct {
	right right
	kind  string
	data  any
	// text is what the person wrote, which may stop play.
	text string
}

// forms read what was sent, by path.
var forms = map[string]func(url.Values) (deed, error){
	"/note":    noteForm,
	"/mark":    markForm,
	"/step":    stepForm,
	"/inject":  injectForm,
	"/card":    cardForm,
	"/move":    moveForm,
	"/stop":    stopForm,
	"/real":    realForm,
	"/hotwash": hotwashForm,
}

var (
	noteKinds   = []string{"observation", "decision", "action", "milestone"}
	markKinds   = []string{"detected", "declared", "restored", "verified", "normal"}
	stepResults = []string{"begun", "done", "skipped", "failed"}
	cardStates  = []string{"go", "no-go", "waived"}
)

func noteForm(f url.Values) (deed, error) {
	ago, err := ago(f)
	kind := cmp.Or(f.Get("kind"), noteKinds[0])
	text := strings.TrimSpace(f.Get("text"))
	if text == "" {
		err = errors.Join(err, errors.New("the note is empty: write what happened"))
	}
	return deed{notes, exercise.Noted, exercise.Remark{Kind: kind, Text: text, Ago: ago}, text}, errors.Join(err, oneOf("kind of note", kind, noteKinds))
}

func markForm(f url.Values) (deed, error) {
	ago, err := ago(f)
	return deed{marks, exercise.Marked, exercise.Milestone{Kind: f.Get("mark"), Ago: ago}, ""}, errors.Join(err, oneOf("mark", f.Get("mark"), markKinds))
}

func stepForm(f url.Values) (deed, error) {
	result, id, _ := strings.Cut(f.Get("step"), " ")
	text := strings.TrimSpace(f.Get("remark"))
	return deed{steps, exercise.StepChanged, exercise.StepChange{ID: id, Result: result, Note: text}, text}, oneOf("result of a step", result, stepResults)
}

func injectForm(f url.Values) (deed, error) {
	return deed{injects, exercise.InjectAsked, exercise.Target{ID: f.Get("inject")}, ""}, nil
}

func cardForm(f url.Values) (deed, error) {
	state, id, _ := strings.Cut(f.Get("line"), " ")
	text := strings.TrimSpace(f.Get("detail"))
	return deed{lines, exercise.CardAnswered, exercise.CardAnswer{ID: id, State: state, Detail: text}, text}, oneOf("answer", state, cardStates)
}

func moveForm(f url.Values) (deed, error) {
	why := strings.TrimSpace(f.Get("why"))
	m, ok := moveNamed(f.Get("to"))
	if !ok {
		return deed{}, errors.New("there is no such step of an exercise: reload the page")
	}
	return deed{m.right, exercise.StateChanged, exercise.Move{To: m.To, Why: why}, why}, nil
}

func stopForm(f url.Values) (deed, error) {
	return stop(cmp.Or(strings.TrimSpace(f.Get("why")), "stop button, no reason given")), nil
}

func realForm(url.Values) (deed, error) { return stop("REAL WORLD"), nil }

func stop(why string) deed {
	return deed{stops, exercise.StateChanged, exercise.Move{To: exercise.Stopped, Why: why}, ""}
}

func hotwashForm(f url.Values) (deed, error) {
	h := exercise.HotWash{WentWell: f.Get("well"), Surprised: f.Get("surprised"), Slowed: f.Get("slowed"), Change: f.Get("change")}
	if strings.TrimSpace(h.WentWell+h.Surprised+h.Slowed+h.Change) == "" {
		return deed{}, errors.New("nothing is answered: write at least one sentence")
	}
	return deed{looksBack, exercise.Debriefed, h, ""}, nil
}

// ago reads "90", "90s" or "2m": how long before now it was.
func ago(f url.Values) (float64, error) {
	s := strings.TrimSpace(f.Get("ago"))
	if s == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(s)
	if n, plain := strconv.ParseUint(s, 10, 32); plain == nil {
		d, err = time.Duration(n)*time.Second, nil
	}
	if err != nil || d < 0 || d > 24*time.Hour {
		return 0, errors.New("how long ago it was is not understood: write seconds, or 90s or 2m, at most a day")
	}
	return d.Seconds(), nil
}

func oneOf(what, s string, known []string) error {
	if slices.Contains(known, s) {
		return nil
	}
	return fmt.Errorf("there is no such %s: use %s", what, strings.Join(known, ", "))
}
