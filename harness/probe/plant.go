package probe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"

	"maildrill/harness/topology"
)

// plantLimit bounds putting one message into one mailbox.
const plantLimit = 10 * time.Second

// Plant puts a message into a folder of an account by APPEND (RFC 9051, section
// 6.3.12), and makes the folder if there is none. It is how the instrument
// plants anomalies.
func Plant(ctx context.Context, d Dialer, store string, a topology.Account, folder string, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, plantLimit)
	defer cancel()
	m, err := login(ctx, d, store, a)
	if err != nil {
		return err
	}
	defer m.close()
	if folder != inbox {
		if err := m.create(folder); err != nil {
			return err
		}
	}
	put := m.client.Append(folder, int64(len(message)), nil)
	_, err = put.Write(message)
	if err := errors.Join(err, put.Close()); err != nil {
		return fmt.Errorf("append to %s of %s: %w", folder, a.Address, err)
	}
	if _, err := put.Wait(); err != nil {
		return fmt.Errorf("append to %s of %s: %w", folder, a.Address, err)
	}
	return nil
}

// create makes a folder; one that is there already is as good.
func (m *mailbox) create(folder string) error {
	err := m.client.Create(folder, nil).Wait()
	var refused *imap.Error
	if errors.As(err, &refused) && refused.Code == imap.ResponseCodeAlreadyExists {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create %s: %w", folder, err)
	}
	return nil
}
