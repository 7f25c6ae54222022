package ledger

// Load is the data of [LoadSampled]: what the host, the instrument and the
// servers used from From to To.
type Load struct {
	From Seconds `json:"from"`
	To   Seconds `json:"to"`
	Took Seconds `json:"took"` // by the sampling itself
	CPUs int     `json:"cpus"`
	// Shares of all CPUs of the host that drives the drill, 0 to 1. Busy and
	// Steal are what others had, Idle is what was left.
	Busy  float64 `json:"busy"`
	Idle  float64 `json:"idle"`
	Steal float64 `json:"steal"` // taken by the hypervisor
	// Shares of the time in which somebody waited for a CPU, or for memory (PSI,
	// "some"). Nil where the kernel does not tell.
	CPUPressure    *float64 `json:"cpu_pressure,omitempty"`
	MemoryPressure *float64 `json:"memory_pressure,omitempty"`
	Driver         Usage    `json:"driver"` // maildrill itself
	// Containers by name, on the engine's host: what is the drill's own
	// (namespace holders, name server, way in, keeper), and the servers.
	Agents  map[string]Usage `json:"agents,omitempty"`
	Servers map[string]Usage `json:"servers,omitempty"`
	Error   string           `json:"error,omitempty"` // what could not be read
}

// Usage is what one process or container used.
type Usage struct {
	CPU    float64 `json:"cpu"`    // CPUs, on average
	Memory int64   `json:"memory"` // bytes, at the end
}
