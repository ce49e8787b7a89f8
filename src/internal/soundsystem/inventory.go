package soundsystem

import (
	"context"
	"fmt"
)

// Inventory is what there is of a sound system.
type Inventory struct {
	Backend Backend
	Offers  []Offer
	Problem error // why nothing is known of it; nil if something is
}

// Offer is a device with all that it can give or take without conversion.
type Offer struct {
	Device
	Formats []Format // empty where it does not tell
	Problem error    // why this process cannot open it; nil if it can
}

// TakeInventory asks each sound system that Auto tries for its devices of a
// kind, and each device for its formats. ALSA's plug-ins, which are no devices,
// are left out. It blocks until all have answered, or until ctx ends: a system
// that has not answered by then has that as its Problem.
func TakeInventory(ctx context.Context, kind Kind) []Inventory {
	candidates, err := Auto.candidates()
	if err != nil {
		panic(err) // it is one of ours
	}
	var all []Inventory
	for _, backend := range candidates {
		inventory := Inventory{Backend: backend}
		inventory.Offers, inventory.Problem = Await(ctx, func() ([]Offer, error) {
			return backend.offers(kind)
		}, func([]Offer) {})
		all = append(all, inventory)
	}
	return all
}

// offers returns a sound system's devices with their formats.
func (b Backend) offers(kind Kind) ([]Offer, error) {
	s, err := connect(b)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	devices, err := s.devices(kind)
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	var offers []Offer
	for _, d := range devices {
		if !d.isHardware() {
			continue
		}
		offer := Offer{Device: d}
		offer.Formats, offer.Problem = s.Formats(d, 0)
		offers = append(offers, offer)
	}
	return offers, nil
}
