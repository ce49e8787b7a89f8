package soundsystem

import (
	"context"
	"fmt"
)

// Inventory is the devices of a sound system.
type Inventory struct {
	Backend Backend
	Offers  []Offer
	Problem error // why its devices are unknown, or nil
}

// Offer is a device with its formats.
type Offer struct {
	Device
	Formats []Format // empty if unknown
	Problem error    // why this process cannot open it, or nil
}

// TakeInventory asks each sound system that Auto tries for its devices of a kind, and each
// device for its formats. ALSA's plug-ins are left out. It blocks until all have answered or
// ctx ends: that is then the Problem of the others.
func TakeInventory(ctx context.Context, kind Kind) []Inventory {
	candidates, err := Auto.candidates()
	if err != nil {
		panic(err) // Auto is valid
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
	for _, d := range listed(devices) {
		offer := Offer{Device: d}
		offer.Formats, offer.Problem = s.Formats(d, 0)
		offers = append(offers, offer)
	}
	return offers, nil
}
