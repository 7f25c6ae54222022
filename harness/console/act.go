package console

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"maildrill/harness/exercise"
	"maildrill/harness/gameday/channel"
)

// act takes a form, checks it, and appends what it asks for.
func (c *Console) act(read func(url.Values) (deed, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := c.who(r)
		if p == nil {
			c.refuse(w, r, http.StatusUnauthorized, "You are not logged in, or your log-in is over.")
			return
		}
		if !p.Role.acts() {
			c.refuse(w, r, http.StatusForbidden, "An observer reads, and does nothing else.")
			return
		}
		f, err := c.form(r, p)
		if err != nil {
			c.fail(w, r, err)
			return
		}
		d, err := read(f)
		if err != nil {
			c.fail(w, r, refusal{http.StatusBadRequest, err.Error()})
			return
		}
		if err := c.do(p, d); err != nil {
			c.fail(w, r, err)
			return
		}
		c.done(w, r)
	}
}

// do appends the event. Words that stop play stop it first.
func (c *Console) do(p *person, d deed) error {
	if !p.Role.may(d.right) {
		return refusal{http.StatusForbidden, fmt.Sprintf("A person in the role %s may not %s.", p.Role, d.right)}
	}
	who := exercise.Actor{Name: p.Name, Role: string(p.Role), Via: "console"}
	var stopped error
	if channel.IsRealWorld(d.text) {
		real := stop("REAL WORLD: " + d.text)
		stopped = c.book.do(who, real.kind, real.data)
		if d.kind == exercise.StateChanged && stopped == nil {
			return nil // it leads nowhere else any more
		}
	}
	if err := c.book.do(who, d.kind, d.data); err != nil {
		return refusal{http.StatusConflict, err.Error()}
	}
	if stopped != nil {
		return refusal{http.StatusConflict, "It is written down, but REAL WORLD did not stop the exercise: " + stopped.Error()}
	}
	return nil
}

// form reads the body, bounded, and checks that it comes from the person's own page.
func (c *Console) form(r *http.Request, p *person) (url.Values, error) {
	f, err := body(r)
	if err != nil {
		return nil, err
	}
	if p != nil && subtle.ConstantTimeCompare([]byte(f.Get("word")), []byte(p.Word)) != 1 {
		return nil, refusal{http.StatusForbidden, "This form is not from your page, or from before you logged in. Reload the page and send it again."}
	}
	return f, nil
}

func body(r *http.Request) (url.Values, error) {
	err := r.ParseForm()
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, refusal{http.StatusRequestEntityTooLarge, errLong.Error()}
	}
	if err != nil {
		return nil, refusal{http.StatusBadRequest, "The form cannot be read."}
	}
	for name, values := range r.PostForm {
		for i, v := range values {
			if len(v) > longestText {
				return nil, refusal{http.StatusRequestEntityTooLarge, errLong.Error()}
			}
			values[i] = strings.ToValidUTF8(strings.ReplaceAll(v, "\r\n", "\n"), "\uFFFD")
		}
		r.PostForm[name] = values
	}
	return r.PostForm, nil
}
