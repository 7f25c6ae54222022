package mta

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"maildrill/harness/embedded/durable"
	"maildrill/harness/topology"
)

// envelope is what the queue knows of a message (RFC 5321, section 2.3.1).
type envelope struct {
	ID      string      `json:"id"`
	From    string      `json:"from"` // empty: the null reverse-path
	Arrived time.Time   `json:"arrived"`
	Due     time.Time   `json:"due"` // no attempt before
	Rcpts   []recipient `json:"rcpts"`
}

// recipient is one address that the message still has to reach.
type recipient struct {
	Address string `json:"address"`
	Reason  string `json:"reason,omitempty"` // of the last deferral
}

// spool is a folder with two files for each message: ID.eml is the message and
// never changes, ID.json its envelope, replaced as recipients are done. The
// envelope is written last and removed first: a message without one does not
// exist.
type spool struct{ dir string }

const messageKind, envelopeKind = ".eml", ".json"

func openSpool(dir string) (spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return spool{}, fmt.Errorf("make the queue: %w", err)
	}
	return spool{dir}, nil
}

func (s spool) path(id, kind string) string { return filepath.Join(s.dir, id+kind) }

// put returns when the message is on stable storage. The folder is synced once
// for both files, by update: without its envelope the message counts for
// nothing.
func (s spool) put(e envelope, message []byte) error {
	if err := durable.Write(s.path(e.ID, messageKind), message); err != nil {
		return fmt.Errorf("queue %s: %w", e.ID, err)
	}
	return s.update(e)
}

// update returns when the new envelope is on stable storage.
func (s spool) update(e envelope) error {
	text, err := json.Marshal(e)
	if err == nil {
		err = durable.Replace(s.path(e.ID, envelopeKind), text)
	}
	if err != nil {
		return fmt.Errorf("queue %s: %w", e.ID, err)
	}
	return nil
}

func (s spool) message(id string) ([]byte, error) { return os.ReadFile(s.path(id, messageKind)) }

func (s spool) remove(id string) error {
	if err := os.Remove(s.path(id, envelopeKind)); err != nil {
		return err
	}
	return os.Remove(s.path(id, messageKind))
}

// list reads every envelope back.
func (s spool) list() ([]envelope, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var found []envelope
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) != envelopeKind {
			continue
		}
		e, err := s.read(entry.Name())
		switch {
		case errors.Is(err, fs.ErrNotExist): // delivered meanwhile
		case err != nil:
			return nil, fmt.Errorf("read queue file %s: %w", entry.Name(), err)
		default:
			found = append(found, e)
		}
	}
	return found, nil
}

func (s spool) read(name string) (e envelope, err error) {
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		return e, err
	}
	return e, json.Unmarshal(text, &e)
}

// sweep removes what a kill left half written.
func (s spool) sweep() error {
	names, err := os.ReadDir(s.dir)
	for _, n := range names {
		id, isMessage := strings.CutSuffix(n.Name(), messageKind)
		_, missing := os.Stat(s.path(id, envelopeKind))
		if filepath.Ext(n.Name()) == durable.Suffix || isMessage && missing != nil {
			err = errors.Join(err, os.Remove(filepath.Join(s.dir, n.Name())))
		}
	}
	return err
}

// ReadQueue reads the queue in a folder, whether its server lives or not.
func ReadQueue(dir string) ([]topology.Queued, error) {
	envelopes, err := spool{dir}.list()
	if err != nil {
		return nil, err
	}
	var queued []topology.Queued
	for _, e := range envelopes {
		queued = append(queued, e.queued()...)
	}
	return queued, nil
}

func (e envelope) queued() []topology.Queued {
	var list []topology.Queued
	for _, r := range e.Rcpts {
		queue := "active"
		if r.Reason != "" {
			queue = "deferred"
		}
		list = append(list, topology.Queued{ID: e.ID, Queue: queue, Sender: e.From, Recipient: r.Address,
			Reason: r.Reason, Arrived: e.Arrived})
	}
	return list
}
