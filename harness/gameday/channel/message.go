package channel

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// What every text begins with.
const (
	Mark      = "EXERCISE EXERCISE EXERCISE"
	RealWorld = "REAL WORLD"
)

// Kind is what a message is for.
type Kind string

// The kinds of messages.
const (
	Announcement Kind = "announcement"
	Inject       Kind = "inject"
	Notice       Kind = "notice"
	RollCall     Kind = "rollcall"
	Stop         Kind = "stop"
	Real         Kind = "real-world" // something happens that is no exercise
	AllClear     Kind = "all-clear"
)

var kinds = []Kind{Announcement, Inject, Notice, RollCall, Stop, Real, AllClear}

// Message is what somebody is told.
type Message struct {
	Exercise      string // name of the game day
	Kind          Kind
	Subject, Text string
	To            []string // addresses on the channel
	Links         []Link
	At            time.Time // empty: the time of sending
}

// Link is something to open, such as a roll-call's answer.
type Link struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// realWorld is the reserved words: a dash or a line end between them is theirs
// too, a letter before or behind them is not.
var realWorld = regexp.MustCompile(`(?i)(?:^|[^\p{L}\p{N}])real[\s\p{Z}\p{Pd}_]+world(?:$|[^\p{L}\p{N}])`)

// IsRealWorld tells if the text has the reserved words in it, which stop play.
func IsRealWorld(text string) bool { return realWorld.MatchString(unseen.Replace(text)) }

const (
	maxLinks   = 5 // Teams shows no more buttons without a menu
	maxTo      = 1000
	maxAddress = 320       // characters
	maxSubject = 200       // characters
	maxText    = 64 << 10  // bytes; most formats take less
	maxURL     = 500       // bytes
	maxTitle   = 60        // characters of a link
	maxName    = 100       // characters of the exercise
	maxInput   = 256 << 10 // bytes that are looked at
)

// note is a message as it is sent: marked and cleaned. Only [Message.note] makes
// one, and channels see nothing else.
type note struct {
	id, exercise  string
	kind          Kind
	mark          string
	subject, text string
	to            []string
	links         []Link
	at            time.Time
}

func (m Message) note(now time.Time) (note, error) {
	if !slices.Contains(kinds, m.Kind) {
		return note{}, fmt.Errorf("a message has no kind %q: name one of %v", cutRunes(line(string(m.Kind)), 40), kinds)
	}
	if len(m.Links) > maxLinks || len(m.To) > maxTo {
		return note{}, fmt.Errorf("the message has %d links and %d addresses: send at most %d and %d", len(m.Links), len(m.To), maxLinks, maxTo)
	}
	n := note{exercise: cutRunes(line(m.Exercise), maxName), kind: m.Kind, mark: Mark, at: m.At,
		subject: cutRunes(line(m.Subject), maxSubject), text: cutBytes(clean(m.Text), maxText)}
	if n.at.IsZero() {
		n.at = now
	}
	n.at = n.at.UTC().Truncate(time.Second)
	if n.kind == Real {
		n.mark = RealWorld
	}
	for _, to := range m.To { // addresses such as @ops:chat.example are no mentions
		n.to = append(n.to, cutRunes(strings.Join(strings.Fields(printable(to)), " "), maxAddress))
	}
	for i, l := range m.Links {
		safe, err := safeLink(l)
		if err != nil {
			return note{}, fmt.Errorf("link %d: %w", i+1, err)
		}
		n.links = append(n.links, safe)
	}
	n.id = n.digest()
	return n, nil
}

// digest names the message: trying again gives the same.
func (n note) digest() string {
	all, _ := json.Marshal([]any{n.exercise, n.kind, n.subject, n.text, n.to, n.links, n.at})
	sum := sha256.Sum256(all)
	return hex.EncodeToString(sum[:12])
}

// safeLink refuses what is no web address, and leaves no mention in it. The error
// does not show the address: it may be the right to answer.
func safeLink(l Link) (Link, error) {
	u, err := url.Parse(l.URL)
	switch {
	case err != nil || len(l.URL) > maxURL || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http":
		return Link{}, fmt.Errorf("it is no web address: give http:// or https://, a host, no user, and at most %d bytes", maxURL)
	case strings.ContainsFunc(l.URL, breaksLink):
		return Link{}, errors.New("its address has characters that must be escaped with %")
	}
	title := cutRunes(line(l.Title), maxTitle)
	if title == "" {
		title = "link"
	}
	return Link{Title: title, URL: linkEscapes.Replace(l.URL)}, nil
}

// linkEscapes are what ends a link of a markup, or calls somebody.
var linkEscapes = strings.NewReplacer("@", "%40", "(", "%28", ")", "%29")

func breaksLink(r rune) bool {
	return r == unicode.ReplacementChar || !unicode.IsPrint(r) || strings.ContainsRune(" <>|\"`\\", r)
}

// title is the mark and the subject in one line.
func (n note) title(characters int) string {
	return cutRunes(strings.TrimSpace(n.mark+" "+n.subject), characters)
}

// body is all of it as plain text.
func (n note) body(limit int) string {
	return n.below(strings.TrimSpace(n.mark+"\n"+n.subject), limit)
}

// below is the text and the links below a head. Only the text is cut.
func (n note) below(head string, limit int) string {
	tail := ""
	for _, l := range n.links {
		tail += "\n" + l.Title + ": " + l.URL
	}
	if tail != "" {
		tail = "\n" + tail
	}
	if n.text != "" {
		head += "\n\n"
	}
	return head + cutBytes(n.text, limit-len(head)-len(tail)) + tail
}
