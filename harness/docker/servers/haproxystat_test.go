package servers

import (
	"slices"
	"strings"
	"testing"
)

// said is what HAProxy 2.6 answers, less the columns between.
const said = `# pxname,svname,qcur,status,weight,check_status,check_code,
smtp,mx1,0,DOWN,1,L4TOUT,,
smtp,mx2,0,UP,1,L7OK,220,
smtp,mx3,0,UP 1/2,1,L4CON,,
smtp,mx4,0,DOWN 1/2,1,L7OK,220,
smtp,mx5,0,MAINT,1,,,
imap,store1,0,no check,1,,,

`

func TestParseStat(t *testing.T) {
	got, err := ParseStat(strings.NewReader(said))
	want := []BackendStat{
		{"smtp", "mx1", false, "DOWN", "L4TOUT"}, {"smtp", "mx2", true, "UP", "L7OK"},
		{"smtp", "mx3", true, "UP 1/2", "L4CON"}, {"smtp", "mx4", false, "DOWN 1/2", "L7OK"},
		{"smtp", "mx5", false, "MAINT", ""},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

// Half an answer, another program's answer and none are no answer.
func TestParseStatOfNonsense(t *testing.T) {
	for _, text := range []string{
		"", "Permission denied\n", "# pxname,svname,status\nsmtp,mx1,UP\n",
		said[:strings.Index(said, "L7OK")-12], strings.Replace(said, "mx1", `m"x1`, 1),
	} {
		if got, err := ParseStat(strings.NewReader(text)); err == nil {
			t.Errorf("%q: %+v, no error", text, got)
		}
	}
}
