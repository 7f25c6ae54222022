package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"maildrill/harness/exercise"
)

func TestAnswers(t *testing.T) {
	k := newKit(t, newFake(exercise.Briefed))
	for _, c := range []struct {
		name, code string
		status     int
		kind, by   string
	}{
		{"a call", "  " + rollCode + "\n", 303, exercise.RollAnswered, "Petra Player"},
		{"the same again", rollCode, 410, "", ""},
		{"a notice", noticeCode, 303, exercise.NoticeAnswered, "support desk"},
		{"the notice again", noticeCode, 410, "", ""},
		{"one that nobody sent", "guess", 403, "", ""},
		{"none", "", 403, "", ""},
		{"the digest", exercise.CodeSum(rollCode), 403, "", ""},
	} {
		before := k.events()
		w := k.ask("POST", "/answer", url.Values{"code": {c.code}})
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d: %s", c.name, w.Code, c.status, w.Body)
		}
		if c.kind == "" {
			if k.events() != before {
				t.Errorf("%s: it is in the log", c.name)
			}
			continue
		}
		if e := k.board.events[len(k.board.events)-1]; e.Kind != c.kind || e.By != c.by || !strings.Contains(string(e.Data), exercise.CodeSum(c.code)) {
			t.Errorf("%s: the log has %s by %s: %s", c.name, e.Kind, e.By, e.Data)
		}
	}
	if strings.Contains(k.log.String(), rollCode) {
		t.Error("a code is in the log of requests")
	}
}

func TestAnAnswerIsAskedForByNoLink(t *testing.T) {
	k := newKit(t, newFake(exercise.Briefed))
	w := k.ask("GET", "/answer?code="+rollCode, nil)
	if w.Code != http.StatusOK || k.events() != 0 || strings.Contains(w.Body.String(), rollCode) || strings.Contains(k.log.String(), rollCode) {
		t.Errorf("status %d, %d events", w.Code, k.events())
	}
	if w := k.ask("POST", "/answer", url.Values{"code": {rollCode}}, header("Sec-Fetch-Site", "cross-site")); w.Code != http.StatusForbidden || k.events() != 0 {
		t.Errorf("from another site: status %d, %d events", w.Code, k.events())
	}
}
