package duplex

import "slices"

// Ask notes a command that is about to be handed on.
func (t *Talk) Ask(c *Command) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open, t.more = append(t.open, c), false
}

// First gives the open command that fits, the oldest first; nil: none does.
func (t *Talk) First(fits func(*Command) bool) *Command {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.IndexFunc(t.open, fits); i >= 0 {
		return t.open[i]
	}
	return nil
}

// More notes that the server waits for the rest of a command.
func (t *Talk) More() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.more = true
	t.change.Broadcast()
}

func (t *Talk) close(c *Command) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open = slices.DeleteFunc(t.open, func(o *Command) bool { return o == c })
	t.change.Broadcast()
}

// Wanted waits until the server asks for more of a command; false: it was
// answered instead, or is not any more.
func (t *Talk) Wanted(c *Command) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.more && !t.ended && slices.Contains(t.open, c) {
		t.change.Wait()
	}
	more := t.more
	t.more = false
	return more
}

// Open tells that a command is not answered yet.
func (t *Talk) Open(c *Command) bool { return t.First(func(o *Command) bool { return o == c }) != nil }

// Settle waits until every command is answered, and the client has heard it.
func (t *Talk) Settle() {
	t.mu.Lock()
	for len(t.open) > 0 && !t.ended {
		t.change.Wait()
	}
	t.mu.Unlock()
	t.out.Lock() // by who tells the last of it
	defer t.out.Unlock()
}

// Converse hands on what a client says when the server asks for more of a
// command: once, or until there is an answer. What comes when the server has
// given up is a command, and obeyed.
func (t *Talk) Converse(c *Command, once bool, obey func(Line) error) error {
	for t.Wanted(c) {
		l, err := t.Next()
		if err != nil {
			return err
		}
		if !t.Open(c) {
			return obey(l)
		}
		if _, err := t.Client.Hand(l, t.Server); err != nil || once {
			return err
		}
	}
	return nil
}

// Upgrade waits for the answer to a command after which the ends speak what
// cannot be read, and hands that on then.
func (t *Talk) Upgrade(c *Command) error {
	for t.Wanted(c) {
		continue // it has no continuation
	}
	if !c.Accepted {
		return nil
	}
	return t.raw(t.Server, t.Client)
}
