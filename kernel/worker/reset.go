package worker

// Reset replaces the worker by a fresh one that knows none of the programs loaded so far,
// and returns when the old one has ended. Surroundings stay. A program that runs meanwhile
// ends with a [*Died].
func (s *Supervisor) Reset() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return ErrClosed
	}
	old := s.slot
	s.kept, s.death = nil, nil
	s.launch()
	s.mu.Unlock()
	if old == nil {
		return nil
	}
	<-old.ready
	if old.p != nil {
		old.p.killFor("the notebook was reset")
		<-old.p.gone
	}
	return nil
}
