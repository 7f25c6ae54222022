package console

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"net/http"
	"time"

	"maildrill/harness/exercise"
)

// answerPage has the form for a one-time code. A link to it has the code behind the
// number sign, which browsers keep to themselves; the script puts it into the form.
func (c *Console) answerPage(w http.ResponseWriter, r *http.Request) {
	c.show(w, http.StatusOK, "answer", page{Title: "Answer", Here: "answer"})
}

// answer takes a code. Whoever has it needs no log-in. What is refused may be tried
// again on the same page.
func (c *Console) answer(w http.ResponseWriter, r *http.Request) {
	right, ok := c.limits.try(c.client(r))
	if !ok {
		c.fail(w, r, tooMany(w))
		return
	}
	err := c.take(r, right)
	var no refusal
	switch {
	case err == nil:
		http.Redirect(w, r, "/answered", http.StatusSeeOther)
	case errors.As(err, &no):
		c.show(w, no.status, "answer", page{Title: "Not counted", Here: "answer", Data: no.text})
	default:
		c.fail(w, r, err)
	}
}

func (c *Console) take(r *http.Request, right func()) error {
	f, err := body(r)
	if err != nil {
		return err
	}
	asked, err := c.asked(exercise.CodeSum(f.Get("code")))
	if err != nil {
		return err
	}
	right()
	if err := c.book.do(asked.who, asked.kind, exercise.Code{Code: asked.code}); err != nil {
		return refusal{http.StatusConflict, err.Error()}
	}
	return nil
}

func (c *Console) answeredPage(w http.ResponseWriter, r *http.Request) {
	c.show(w, http.StatusOK, "answered", page{Title: "Thank you"})
}

// question is what a code answers.
type question struct {
	who      exercise.Actor
	kind     string
	code     string
	answered *time.Time
}

func (c *Console) asked(digest string) (question, error) {
	l, err := c.book.fresh()
	if err != nil {
		return question{}, err
	}
	var found *question
	for _, q := range questions(l.Record) {
		if subtle.ConstantTimeCompare([]byte(q.code), []byte(digest)) == 1 {
			found = &q
		}
	}
	switch {
	case found == nil:
		return question{}, refusal{http.StatusForbidden, "This code is not known. Look at the message again, and copy the whole code."}
	case found.answered != nil:
		return question{}, refusal{http.StatusGone, "This code was used before, and counts once. If it was not you, tell whoever leads the exercise."}
	}
	return *found, nil
}

// questions are the calls and notices that went out with a code.
func questions(r exercise.Record) (all []question) {
	if r.RollCall != nil {
		for _, call := range r.RollCall.Calls {
			who := exercise.Actor{Name: call.Person, Role: call.Role, Via: "console"}
			all = append(all, question{who, exercise.RollAnswered, call.Code, call.Answered})
		}
	}
	for _, n := range r.Notices {
		if n.Acknowledge && n.Sent != nil {
			who := exercise.Actor{Name: cmp.Or(n.Audience, "audience"), Via: "console"}
			all = append(all, question{who, exercise.NoticeAnswered, n.Code, n.Answered})
		}
	}
	return all
}
