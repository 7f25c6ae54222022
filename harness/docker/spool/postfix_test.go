package spool_test

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/harness/docker/spool"
	"maildrill/harness/topology"
)

// rec is one record of a queue file.
func rec(kind byte, text string) string {
	return string(kind) + string(binary.AppendUvarint(nil, uint64(len(text)))) + text
}

// message is a queue file with two recipients open and one served.
var message = rec('C', "             1000             400               3") +
	rec('T', "1767323045 250000") + rec('A', "log_message_origin=local") + rec('S', "b.tok@bounce.test") +
	rec('O', "alias@drill.test") + rec('R', "u1@drill.test") + rec('D', "u2@drill.test") + rec('R', "u3@drill.test") +
	rec('M', "") + rec('N', "Subject: "+strings.Repeat("x", 300)) + rec('X', "") + rec('E', "")

func archive(t *testing.T, files map[string]string) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for name, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o700, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	_ = w.Close()
	return &b
}

func recipients(queued []topology.Queued) []string {
	var all []string
	for _, q := range queued {
		all = append(all, q.Queue+"/"+q.ID+" "+q.Sender+" "+q.Recipient)
	}
	slices.Sort(all)
	return all
}

func TestPostfix(t *testing.T) {
	got, err := spool.Postfix(archive(t, map[string]string{
		"postfix/deferred/A/A1B2":        message,
		"postfix/active/C3":              rec('T', "1767323046") + rec('S', "") + rec('R', "u1@drill.test") + rec('M', "") + rec('E', ""),
		"postfix/defer/A/A1B2":           "<u1@drill.test>: connection refused\n",
		"postfix/pid/master.pid":         "1\n",
		"postfix/etc/active/resolv.conf": "not a queue",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"active/C3  u1@drill.test",
		"deferred/A1B2 b.tok@bounce.test u1@drill.test",
		"deferred/A1B2 b.tok@bounce.test u3@drill.test",
	}
	if !slices.Equal(recipients(got), want) {
		t.Errorf("queue = %q, want %q", recipients(got), want)
	}
	for _, q := range got {
		if q.Queue == "deferred" && !q.Arrived.Equal(time.Unix(1767323045, 250000000)) {
			t.Errorf("arrived = %v", q.Arrived)
		}
		if q.Reason != "" {
			t.Errorf("reason of a whole file = %q", q.Reason)
		}
	}
}

func TestAFileCutShortIsNotPassedOver(t *testing.T) {
	for name, text := range map[string]string{
		"in the content":    message[:len(message)-50],
		"after the sender":  rec('T', "1767323045") + rec('S', "b.tok@bounce.test"),
		"in a length":       rec('S', "b.tok@bounce.test") + "R",
		"in a recipient":    rec('S', "b.tok@bounce.test") + "R\x20u1@",
		"a length too long": rec('S', "b.tok@bounce.test") + "R\xff\xff\xff\xff\xff\xff",
	} {
		got, err := spool.Postfix(archive(t, map[string]string{"postfix/incoming/C3": text}))
		if err != nil || len(got) == 0 || got[0].Sender != "b.tok@bounce.test" || got[0].Reason == "" {
			t.Errorf("%s: %+v, %v; want the sender and a reason", name, got, err)
		}
	}
}

func TestABrokenArchiveIsAnError(t *testing.T) {
	whole := archive(t, map[string]string{"postfix/active/C3": message}).Bytes()
	if _, err := spool.Postfix(bytes.NewReader(whole[:700])); err == nil {
		t.Error("half an archive was accepted")
	}
}

// TestAGenuineFile reads what Postfix 3.7 wrote for one message to two
// recipients.
func TestAGenuineFile(t *testing.T) {
	text, err := os.ReadFile("testdata/CB24EC8D74")
	if err != nil {
		t.Fatal(err)
	}
	got, err := spool.Postfix(archive(t, map[string]string{"postfix/deferred/C/CB24EC8D74": string(text)}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"deferred/CB24EC8D74 b.tok1@bounce.test u1@drill.test",
		"deferred/CB24EC8D74 b.tok1@bounce.test u2@drill.test",
	}
	if !slices.Equal(recipients(got), want) || got[0].Arrived.Unix() != 1795465033 || got[0].Reason != "" {
		t.Errorf("queue = %+v, want %q", got, want)
	}
}
