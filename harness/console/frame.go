package console

import (
	"bytes"
	"encoding/json"
	"time"
)

// frame is the live view of one role after one change, ready to be sent.
type frame struct {
	n       int // counts up by one for each role
	regions map[string]string
	// whole has all regions, news those that are not as in the frame before.
	whole, news []byte
}

// message is what the script reads.
type message struct {
	Now     time.Time         `json:"now"`
	Regions map[string]string `json:"regions"`
}

// newFrame renders a look, or the trouble on top of the frame before if there is none.
func newFrame(before *frame, l *look, role Role, trouble string) *frame {
	f := &frame{regions: map[string]string{}}
	old := map[string]string{}
	if before != nil {
		f.n, old = before.n+1, before.regions
	}
	if l != nil {
		f.regions = regions(newView(l, role))
	} else {
		for name, html := range old {
			f.regions[name] = html
		}
	}
	f.regions["trouble"] = troubleRegion(trouble)
	news := map[string]string{}
	for name, html := range f.regions {
		if was, ok := old[name]; !ok || was != html {
			news[name] = html
		}
	}
	f.whole, f.news = event(f.regions), event(news)
	return f
}

// event is a message of server-sent events (HTML Living Standard, 9.2.5).
func event(regions map[string]string) []byte {
	out := bytes.NewBufferString("data: ")
	to := json.NewEncoder(out)
	to.SetEscapeHTML(false) // it is no page, and half as long
	if err := to.Encode(message{time.Now(), regions}); err != nil {
		panic(err) // strings and a time
	}
	out.WriteByte('\n') // after the one of the encoder
	return out.Bytes()
}

// after is what one has to be sent who has seen frame n: the news if that was the
// one before, else the whole.
func (f *frame) after(n int) []byte {
	if n == f.n-1 && n >= 0 {
		return f.news
	}
	return f.whole
}
