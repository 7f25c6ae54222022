package servers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"maildrill/harness/topology"
)

// nobody is how Postfix prints the empty sender of bounces (RFC 5321, 4.5.5).
const nobody = "MAILER-DAEMON"

// ParsePostqueue reads what `postqueue -j` prints (postqueue(1), JSON objects),
// one entry for each recipient. An empty text is an empty queue.
func ParsePostqueue(out []byte) ([]topology.Queued, error) {
	var queued []topology.Queued
	for objects := json.NewDecoder(bytes.NewReader(out)); ; {
		var m struct {
			Queue      string `json:"queue_name"`
			ID         string `json:"queue_id"`
			Arrived    int64  `json:"arrival_time"`
			Sender     string `json:"sender"`
			Recipients []struct {
				Address string `json:"address"`
				Reason  string `json:"delay_reason"`
			} `json:"recipients"`
		}
		err := objects.Decode(&m)
		if errors.Is(err, io.EOF) {
			return queued, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the output of postqueue: %w", err)
		}
		if m.ID == "" {
			return nil, fmt.Errorf("read the output of postqueue: an entry has no queue id")
		}
		if m.Sender == nobody {
			m.Sender = ""
		}
		for _, r := range m.Recipients {
			queued = append(queued, topology.Queued{
				ID: m.ID, Queue: m.Queue, Sender: m.Sender, Recipient: r.Address,
				Reason: r.Reason, Arrived: time.Unix(m.Arrived, 0),
			})
		}
	}
}
