package faults

import "time"

// LDAPScript is what a directory is made to do (RFC 4511). What is not set is as
// the directory has it. LDAP in TLS is handed on as it is.
type LDAPScript struct {
	Effect DirectoryEffect `json:"effect"`
	// Delay is how late the last message of each answer comes.
	Delay time.Duration `json:"delay,omitempty"` // ns
	// Value stands for every value of every attribute.
	Value string `json:"value,omitempty"`
}

// DirectoryEffect is one way in which a directory fails.
type DirectoryEffect string

const (
	DirectoryDown  DirectoryEffect = "down"  // each connection is reset
	DirectorySlow  DirectoryEffect = "slow"  // answers come late
	DirectoryEmpty DirectoryEffect = "empty" // searches succeed and find nothing
	DirectoryWrong DirectoryEffect = "wrong" // searches find entries with other values
)
