package stored

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"maildrill/harness/identity"
	"maildrill/harness/ledger"
)

const inbox = "INBOX"

// corpusFolders hold the stored mail; each folder after the inbox gets a sixth.
var corpusFolders = []struct {
	name       string
	subscribed bool
}{{inbox, true}, {"Archive", true}, {"Projects", true}, {"Receipts", false}}

// Flags that messages have, or get. \Seen is among them, so that a reading that
// set it would show on the others.
var (
	systemFlags = []string{`\Seen`, `\Answered`, `\Flagged`, `\Draft`}
	keywords    = []string{"drill-red", "drill-blue"}
)

// corpusSizes are drawn evenly.
var corpusSizes = []int{1 << 10, 1 << 10, 4 << 10, 16 << 10}

// text is one message that is about to be stored.
type text struct {
	seq    uint32
	bytes  []byte
	digest string
	date   time.Time
	flags  []string
}

// compose makes the next message of an account. Its date is some minutes before
// now, whole seconds, so that it can be told from the time of its storing.
func (w *worker) compose() text {
	t := identity.Token{Run: w.Key.Run, Stream: ledger.StreamStored, Seq: w.seq.Add(1)}
	date := time.Now().Add(-time.Duration(1+w.random.IntN(1000)) * time.Minute).UTC().Truncate(time.Second)
	b := w.Key.Render(nil, identity.Message{Token: t, Attempt: 1, From: w.account.Address, To: []string{w.account.Address},
		Size: pick(w, corpusSizes), Date: date})
	return text{seq: t.Seq, bytes: b, digest: digest(b), date: date, flags: w.mixedFlags()}
}

func pick[T any](w *worker, list []T) T { return list[w.random.IntN(len(list))] }

// mixedFlags sets each flag on a third of the messages.
func (w *worker) mixedFlags() []string {
	var flags []string
	for _, f := range slices.Concat(systemFlags, keywords) {
		if w.random.IntN(3) == 0 {
			flags = append(flags, f)
		}
	}
	return flags
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// fill makes the folders, subscribes to some, and appends the corpus.
func (w *worker) fill(ctx context.Context) error {
	s, err := w.login(ctx, ctx)
	if err != nil {
		return err
	}
	defer s.close()
	for _, f := range corpusFolders {
		if f.name != inbox {
			if err := s.client.Create(f.name, nil).Wait(); err != nil {
				return fmt.Errorf("create %s: %w", f.name, err)
			}
		}
		if f.subscribed {
			if err := s.client.Subscribe(f.name).Wait(); err != nil {
				return fmt.Errorf("subscribe to %s: %w", f.name, err)
			}
		}
	}
	for n := range w.Messages {
		f := corpusFolders[0]
		if n%2 == 1 {
			f = corpusFolders[1+n/2%(len(corpusFolders)-1)]
		}
		if _, err := s.store(f.name, w.compose()); err != nil {
			return err
		}
	}
	return nil
}

// store appends one message.
func (s *session) store(folder string, t text) (*imap.AppendData, error) {
	cmd := s.client.Append(folder, int64(len(t.bytes)), &imap.AppendOptions{Flags: flagsOf(t.flags), Time: t.date})
	_, err := cmd.Write(t.bytes)
	err = errors.Join(err, cmd.Close())
	data, last := cmd.Wait()
	if last != nil { // what the server says is worth more than a write that failed
		err = last
	}
	if err != nil {
		return nil, fmt.Errorf("append to %s: %w", folder, err)
	}
	return data, nil
}

func flagsOf(names []string) []imap.Flag {
	var flags []imap.Flag
	for _, n := range names {
		flags = append(flags, imap.Flag(n))
	}
	return flags
}

// tokenField reads the header that bears the token.
func tokenField(header []byte) string {
	h, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(header))).ReadMIMEHeader()
	if err != nil && len(h) == 0 {
		return ""
	}
	return h.Get(identity.HeaderToken)
}
