package scan

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"time"

	"maildrill/harness/identity"
	"maildrill/harness/topology"
)

const mailUser = 5000 // owns the mailboxes, as in dovecot.conf

// Maildir writes an archive of an account's home with so many messages of a
// drill, each of about so many bytes, as Dovecot's LMTP service would store them:
// one file each, lines ended by LF, sizes in the name.
func Maildir(to io.Writer, a topology.Account, messages, size int) error {
	w := tar.NewWriter(to)
	box := a.User + "/Maildir/"
	for _, dir := range []string{a.User + "/", box, box + "new/", box + "tmp/", box + "cur/"} {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir, Mode: 0o700, Uid: mailUser, Gid: mailUser}); err != nil {
			return err
		}
	}
	began := time.Now().Add(-time.Hour)
	for seq := range messages {
		if err := add(w, box, a, uint32(seq+1), size, began.Add(time.Duration(seq)*time.Millisecond)); err != nil {
			return err
		}
	}
	return w.Close()
}

func add(w *tar.Writer, box string, a topology.Account, seq uint32, size int, at time.Time) error {
	sent := letter(a.Address, seq, size, at)
	text := bytes.ReplaceAll(sent, []byte("\r\n"), []byte("\n"))
	name := fmt.Sprintf("%scur/%d.M%dP7.store1,S=%d,W=%d:2,", box, at.Unix(), seq, len(text), len(sent))
	head := &tar.Header{Name: name, Mode: 0o600, Uid: mailUser, Gid: mailUser, ModTime: at, Size: int64(len(text))}
	if err := w.WriteHeader(head); err != nil {
		return err
	}
	_, err := w.Write(text)
	return err
}

// letter is a message of a drill as it arrives, with the traces of its way.
func letter(to string, seq uint32, size int, at time.Time) []byte {
	date := at.Format(time.RFC1123Z)
	traces := fmt.Appendf(nil, "Return-Path: <b.%[1]d@bounce.test>\r\nDelivered-To: %[2]s\r\n"+
		"Received: from mx1.drill.test\r\n\tby store1.drill.test with LMTP\r\n\tid %08[1]x\r\n\tfor <%[2]s>; %[3]s\r\n"+
		"Received: from outside.drill.test by mx1.drill.test (Postfix) with ESMTP id 4X%08[1]x; %[3]s\r\n", seq, to, date)
	return Key.Render(traces, identity.Message{Token: identity.Token{Run: Key.Run, Seq: seq}, Attempt: 1,
		From: "sender@bounce.test", To: []string{to}, Size: size, Date: at})
}
