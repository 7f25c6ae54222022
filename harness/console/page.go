package console

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"html/template"
	"io"
	"log"
	"net/http"
	"strings"

	"maildrill/harness/exercise"
)

//go:embed *.html style.css script.js icon.svg
var parts embed.FS

var templates = template.Must(template.New("").Funcs(functions).ParseFS(parts, "*.html"))

// quiet drops what the server says of single connections.
var quiet = log.New(io.Discard, "", 0)

// page is what every page has, and what is special to one.
type page struct {
	Title  string
	Here   string // which page it is
	Person *person
	Board  bool // there is an exercise
	Shelf  bool // there are earlier ones
	Stop   bool // the person may stop what is played
	Data   any
}

// read lets in whoever may read.
func (c *Console) read(show func(http.ResponseWriter, *http.Request, *person)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := c.who(r)
		switch {
		case p != nil && p.Role.may(reads):
			show(w, r, p)
		case strings.HasSuffix(r.URL.Path, "/live"):
			c.refuse(w, r, http.StatusUnauthorized, "Your log-in is over.")
		default:
			http.Redirect(w, r, "/login", http.StatusSeeOther)
		}
	}
}

// show renders a page. Nothing of it is sent if that fails.
func (c *Console) show(w http.ResponseWriter, status int, name string, p page) {
	p.Board, p.Shelf = c.config.Board != nil, c.config.Shelf != nil
	p.Stop = p.Board && p.Person != nil && p.Person.Role.may(stops)
	var out bytes.Buffer
	if err := templates.ExecuteTemplate(&out, name, p); err != nil {
		http.Error(w, "The page cannot be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

// refusal is an answer that is no page: a status, and a sentence for people.
type refusal struct {
	status int
	text   string
}

func (r refusal) Error() string { return r.text }

// fail answers an error: a refusal with its status, another one as a defect.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, err error) {
	var no refusal
	if !errors.As(err, &no) {
		no = refusal{http.StatusInternalServerError, err.Error()}
	}
	c.refuse(w, r, no.status, no.text)
}

// refuse says no: to the script in a line, to a person on a page.
func (c *Console) refuse(w http.ResponseWriter, r *http.Request, status int, text string) {
	if status == http.StatusRequestEntityTooLarge {
		w.Header().Set("Connection", "close")
	}
	if scripted(r) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
		return
	}
	var p *person
	if c.knows(r.Host) && c.listens(r) {
		p = c.who(r)
	}
	c.show(w, status, "message", page{Title: cmp.Or(http.StatusText(status), "Refused"), Person: p, Data: text})
}

// done says that it is in the log. Without script the page is shown again.
func (c *Console) done(w http.ResponseWriter, r *http.Request) {
	if scripted(r) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// scripted tells whether our own script asks.
func scripted(r *http.Request) bool { return r.Header.Get("Accept") == "text/plain" }

func asset(name, kind string) http.HandlerFunc {
	content, err := parts.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind+"; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(content)
	}
}

// livePage and wallPage are the pages that update themselves.
func (c *Console) livePage(w http.ResponseWriter, r *http.Request, p *person) {
	c.board(w, r, p, "live", p.Role)
}

func (c *Console) wallPage(w http.ResponseWriter, r *http.Request, p *person) {
	c.board(w, r, p, "wall", Observer)
}

func (c *Console) board(w http.ResponseWriter, r *http.Request, p *person, name string, role Role) {
	l, err := c.book.look()
	if err != nil {
		c.refuse(w, r, http.StatusInternalServerError, "The exercise cannot be read: "+err.Error())
		return
	}
	c.show(w, http.StatusOK, name, page{Title: l.Record.Title, Here: name, Person: p, Data: newView(l, role)})
}

// Debriefing tells whether the four questions are asked.
func (v view) Debriefing() bool { return v.State == exercise.Debrief }
