package mole

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"os"

	"github.com/mole-kernel/mole-kernel/molelib/nn"
	"github.com/mole-kernel/mole-kernel/molelib/optim"
)

// checkpointMagic is the first line of a checkpoint, with the version of its format. The
// SHA-256 of the rest follows, then the checkpoint in encoding/gob.
const checkpointMagic = "mole-kernel checkpoint 3\n"

// checkpoint is the whole state of a training but for what is given again: the network's
// layers, the data and the options.
type checkpoint struct {
	Training string // what is trained on what, and how; must be the same to go on
	Weights  []nn.Tensor
	Dropout  [][]byte // random state of each dropout layer

	Current  int // stage
	Done     int // steps
	Measured bool
	Last     Epoch
	Work     *workState // nil before a stage begins and at the end
	Scored   *Evaluation
	Report   reportState
}

// workState is the state of a stage at work.
type workState struct {
	Order       []int
	Epoch, Step int
	Shuffle     []byte
	Learners    []learnerState // of the units that have not left
	Left        int
	Best        best
	Stop        bool
}

type learnerState struct {
	Taken     int // steps
	Loss      float64
	Rescaled  bool
	Auxiliary [][]float32 // parameters of the objective
	Optimizer optim.Snapshot
}

type reportState struct {
	Records      [][]Epoch
	Steps        [][]stepRecord
	PerEpoch     int
	Seconds      []float64
	Elapsed      float64
	Staleness    []staleness
	Memory, Best []int
	Total        int
	Evaluation   *Evaluation
	ClassEntropy float64
	Status       string
}

// Save writes the whole state of the training to a file, in place of one that is there:
// weights, optimizer, random numbers, place in the schedule, report. The file appears
// whole or not at all. Save may be called between steps, also after an interruption.
//
//	for !trainer.Done() {
//		if _, err := trainer.Epoch(ctx); err != nil { … }
//		if err := trainer.Save("run.checkpoint"); err != nil { … }
//	}
func (t *Trainer) Save(path string) error {
	if t.work != nil {
		// Batches on their way are no state of their own.
		if err := t.drain(context.Background()); err != nil {
			return fmt.Errorf("mole: save checkpoint: %w", err)
		}
	}
	c, err := t.checkpoint()
	if err != nil {
		return err
	}
	var payload bytes.Buffer
	if err := gob.NewEncoder(&payload).Encode(c); err != nil {
		return fmt.Errorf("mole: save checkpoint: %w", err)
	}
	err = writeWhole(path, func(f *os.File) error {
		sum := sha256.Sum256(payload.Bytes())
		for _, part := range [][]byte{[]byte(checkpointMagic), sum[:], payload.Bytes()} {
			if _, err := f.Write(part); err != nil {
				return err
			}
		}
		return f.Sync()
	})
	if err != nil {
		return fmt.Errorf("mole: save checkpoint: %w", err)
	}
	return nil
}

// Restore brings a trainer into the state that Save wrote; the training then goes on to the
// same bits as without an interruption. The trainer must have been made for the same
// network, data and options. A file of another training, a damaged or a missing one
// (errors.Is(err, fs.ErrNotExist)) is an error, and the trainer is as it was.
//
//	trainer, err := mole.NewTrainer(net, train, options)
//	err = trainer.Restore("run.checkpoint")
//	report, err := trainer.Run(ctx)
func (t *Trainer) Restore(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("mole: restore checkpoint: %w", err)
	}
	c, err := decodeCheckpoint(content)
	if err == nil {
		err = t.restore(c)
	}
	if err != nil {
		return fmt.Errorf("mole: restore checkpoint: %s: %w", path, err)
	}
	return nil
}

func decodeCheckpoint(content []byte) (*checkpoint, error) {
	payload, ok := bytes.CutPrefix(content, []byte(checkpointMagic))
	if !ok {
		if bytes.HasPrefix(content, []byte("mole-kernel checkpoint ")) {
			return nil, errors.New("it has another version of the format: continue with the version of mole-kernel that wrote it")
		}
		return nil, errors.New("this is no checkpoint")
	}
	if len(payload) < sha256.Size {
		return nil, errors.New("the file ends early: it is damaged, restore an earlier one or train from the beginning")
	}
	want, payload := payload[:sha256.Size], payload[sha256.Size:]
	if sum := sha256.Sum256(payload); !bytes.Equal(sum[:], want) {
		return nil, errors.New("its checksum is wrong: it is damaged, restore an earlier one or train from the beginning")
	}
	var c checkpoint
	if err := gob.NewDecoder(bytes.NewReader(payload)).Decode(&c); err != nil {
		return nil, err
	}
	return &c, nil
}

func (t *Trainer) checkpoint() (*checkpoint, error) {
	c := &checkpoint{
		Training: t.training(), Current: t.current, Done: t.done, Measured: t.measured, Last: t.last, Scored: t.scored,
		Report: t.report.state(),
	}
	var failed error
	t.net.eachLayer(func(prefix string, l nn.Layer) {
		for _, s := range nn.State(l) {
			s.Name = prefix + s.Name
			c.Weights = append(c.Weights, s)
		}
		for _, r := range nn.Randoms(l) {
			state, err := r.MarshalBinary()
			failed = errors.Join(failed, err)
			c.Dropout = append(c.Dropout, state)
		}
	})
	if failed == nil && t.work != nil {
		c.Work, failed = t.work.state()
	}
	if failed != nil {
		return nil, fmt.Errorf("mole: save checkpoint: %w", failed)
	}
	return c, nil
}

func (w *work) state() (*workState, error) {
	shuffle, err := w.random.MarshalBinary()
	if err != nil {
		return nil, err
	}
	s := &workState{Order: append([]int(nil), w.order...), Epoch: w.epoch, Step: w.step, Shuffle: shuffle, Left: w.left, Best: w.best, Stop: w.stop}
	for _, l := range w.learners {
		learner, err := l.state()
		if err != nil {
			return nil, err
		}
		s.Learners = append(s.Learners, learner)
	}
	return s, nil
}

func (l *learner) state() (learnerState, error) {
	stepper, ok := l.stepper.(optim.Resumable)
	if !ok {
		return learnerState{}, fmt.Errorf("the optimizer %T cannot be saved: it must implement optim.Resumable", l.stepper)
	}
	s := learnerState{Taken: l.taken, Loss: l.loss, Rescaled: l.rescaled, Optimizer: stepper.Snapshot()}
	for _, p := range l.criterion.Params() {
		s.Auxiliary = append(s.Auxiliary, append([]float32(nil), p.Value.Data...))
	}
	return s, nil
}

// restore tries everything that can fail on copies before it changes the trainer.
func (t *Trainer) restore(c *checkpoint) error {
	if want := t.training(); c.Training != want {
		return fmt.Errorf("it is of another training, make the trainer with the same network, data and options:%s", differences(c.Training, want))
	}
	byName := make(map[string]nn.Tensor, len(c.Weights))
	for _, s := range c.Weights {
		byName[s.Name] = s
	}
	if err := t.net.Clone().assign(byName); err != nil {
		return err
	}
	if c.Current < 0 || c.Current > len(t.stages) || len(c.Report.Records) != len(t.net.Modules) || len(c.Report.Steps) != len(t.net.Modules) {
		return errors.New("its contents do not fit together: it is damaged")
	}
	before, err := t.checkpoint()
	if err != nil {
		return err
	}
	if err := t.become(c, byName); err != nil {
		undo := make(map[string]nn.Tensor, len(before.Weights))
		for _, s := range before.Weights {
			undo[s.Name] = s
		}
		return errors.Join(err, t.become(before, undo))
	}
	return nil
}

func (t *Trainer) become(c *checkpoint, weights map[string]nn.Tensor) error {
	if err := t.net.assign(weights); err != nil {
		return err
	}
	i := 0
	var failed error
	t.net.eachLayer(func(_ string, l nn.Layer) {
		for _, r := range nn.Randoms(l) {
			if i < len(c.Dropout) {
				failed = errors.Join(failed, r.UnmarshalBinary(c.Dropout[i]))
			}
			i++
		}
	})
	if i != len(c.Dropout) || failed != nil {
		return errors.Join(errors.New("the random state of dropout does not fit"), failed)
	}
	t.current, t.done, t.measured, t.last, t.scored = c.Current, c.Done, c.Measured, c.Last, c.Scored
	t.work, t.input = nil, input{} // The next step computes the input.
	t.report.restore(c.Report, c.Done)
	t.total = c.Report.Total
	if c.Work == nil {
		return nil
	}
	w, err := t.newWork()
	if err != nil {
		return err
	}
	if err := w.restore(c.Work); err != nil {
		return err
	}
	t.work = w
	return nil
}

func (w *work) restore(s *workState) error {
	if len(s.Order) != len(w.order) || s.Left < 0 || s.Left+len(s.Learners) != len(w.learners) || s.Epoch > w.epochs || s.Step > w.steps {
		return errors.New("the stage does not fit")
	}
	w.learners, w.waiting = w.learners[s.Left:], w.waiting[s.Left:]
	w.left, w.best, w.stop = s.Left, s.Best, s.Stop
	for i, l := range w.learners {
		if err := l.restore(s.Learners[i]); err != nil {
			return err
		}
	}
	copy(w.order, s.Order)
	w.epoch, w.step = s.Epoch, s.Step
	return w.random.UnmarshalBinary(s.Shuffle)
}

func (l *learner) restore(s learnerState) error {
	params := l.criterion.Params()
	if len(s.Auxiliary) != len(params) {
		return errors.New("the parameters of the objective do not fit")
	}
	for i, p := range params {
		if copy(p.Value.Data, s.Auxiliary[i]) != len(p.Value.Data) {
			return errors.New("the parameters of the objective do not fit")
		}
	}
	l.taken, l.loss, l.rescaled = s.Taken, s.Loss, s.Rescaled
	stepper, ok := l.stepper.(optim.Resumable)
	if !ok {
		return fmt.Errorf("the optimizer %T cannot be restored", l.stepper)
	}
	return stepper.Restore(s.Optimizer)
}
