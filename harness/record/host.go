package record

// Host is how busy the machine was that drove the drill. It says whether the
// instrument could keep time.
type Host struct {
	Samples int `json:"samples"`
	CPUs    int `json:"cpus"`
	// Shares of all CPUs, 0 to 1.
	Busy  Spread `json:"busy"`
	Steal Spread `json:"steal"` // taken by the hypervisor
	// Shares of the time in which somebody waited (PSI, "some"); nil where the
	// kernel does not tell.
	CPUPressure    *Spread `json:"cpu_pressure"`
	MemoryPressure *Spread `json:"memory_pressure"`
	Driver         Spent   `json:"driver"` // maildrill itself
	// Containers, nil where the runtime has none: the drill's own, and the
	// servers.
	Agents  *Spent `json:"agents"`
	Servers *Spent `json:"servers"`
	// Sampling is what one sample took on average; Late is how late the latest
	// probe began, both in seconds.
	Sampling float64 `json:"sampling"`
	Late     float64 `json:"late"`
}

// Spread is a mean over time, and the largest sample.
type Spread struct {
	Mean float64 `json:"mean"`
	Max  float64 `json:"max"`
}

// Spent is what one part of the drill used.
type Spent struct {
	CPU    Spread `json:"cpu"`    // share of all CPUs of the host
	Memory int64  `json:"memory"` // bytes, the most
}
