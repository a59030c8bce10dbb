// Package program is the border between the process that checks cells and the process
// that runs them: a cell in the form that the engine loads. It holds no go/types and no
// reflect values, so that it travels as JSON or gob.
//
// Types and helpers have dense numbers that hold for a whole notebook: a program carries
// those that are new since the programs before it, so programs must be loaded in order.
package program

// Program is one lowered cell.
type Program struct {
	Cell      int         // the cell's number, named by positions
	Types     []Type      // new run-time types
	Helpers   []Helper    // new compiled helpers
	Imports   []Import    // compiled packages used for the first time
	Decls     string      // declarations of variables and functions; evaluated once
	Bind      string      // body of a function that binds functions and methods; runs no code of the user
	Run       string      // body of the function that runs the statements; "" for none
	Methods   []Method    // methods that Bind fills
	Values    int         // number of values that Run shows at its end
	Bounds    []Statement // statements with index and slice expressions
	Functions []Function  // what tracebacks say of functions
}

// Function is what a traceback says of a function that has a position variable.
type Function struct {
	Where  string  // its position variable in lowered code, unique in the notebook
	Name   string  // as the user knows it: g, (*T).M, g.func1
	Params []Param // the named ones, the receiver first
}

// Param is a parameter and the variable of lowered code that it lives in; a Shared one is
// behind a pointer, for closures may set it.
type Param struct {
	Name, Var string
	Shared    bool
}

// Statement describes the index and slice expressions of a statement whose operands can be
// looked at after it panicked.
type Statement struct {
	Place  int // the place as lowered code has it in at_
	Bounds []Bounds
}

// Bounds is X[Low] or, with Slice, X[Low:High:Max]; "" for what is not there. The operands are
// made of variables of lowered code, fields, elements, integers, + - * and len.
type Bounds struct {
	X, Low, High, Max string
	Slice             bool
}

// Import is a compiled package under an alias that is unique in the notebook.
type Import struct{ Path, Alias string }

// Kind says which form a [Type] has.
type Kind uint8

// The forms of types. User is a named type of the notebook, Compiled one of a compiled
// package (Pkg, Name); the others are type literals.
const (
	Basic Kind = iota
	Compiled
	User
	Pointer
	Slice
	Array
	Map
	Chan
	Func
	Struct
	Interface
)

// Type describes a type of the program. Other types are named by their ID.
type Type struct {
	ID       int
	Kind     Kind
	Name     string   // Basic, Compiled, User
	Pkg      string   // Compiled: the import path
	Elem     int      // Pointer, Slice, Array, Map, Chan; User: the underlying type
	Key      int      // Map
	Len      int64    // Array
	Dir      int      // Chan: 0 both, 1 send only, 2 receive only (as go/types)
	In, Out  []int    // Func
	Variadic bool     // Func
	Fields   []Field  // Struct
	Methods  []Method // Interface: its methods; User, Struct: the method set, sorted by name
	Targs    []int    // Compiled: the type arguments of an instance; where it is not compiled in, another one stands for it
	Opaque   bool     // Compiled: an instance that is a func type, Elem; User: yaegi computes with its own named twin, not with the underlying type
}

// Field is a field of a struct.
type Field struct {
	Name     string
	Twin     string // the exported name that lowered code uses
	Type     int
	Tag      string
	Embedded bool
}

// Method is a method of an interface (Name and Type) or a method to bind to a user's type.
type Method struct {
	Recv int // User type
	Name string
	Type int  // Func type without the receiver
	Ptr  bool // only in the method set of the pointer
	Slot int  // number of the binding, dense over the notebook
}

// HelperKind names what a compiled helper does. T and U are type numbers.
type HelperKind uint8

// The helpers. "twin" is the type that lowered code computes with.
const (
	Box          HelperKind = iota // (twin T) → interface U
	Assert                         // (any) → twin T, panics with Go's text; U is the interface asserted from
	AssertOK                       // (any) → twin T, bool
	Is                             // (any) → bool: does the dynamic type match T
	Call                           // (interface T, arguments…) → results of method Name
	Retype                         // (twin T) → twin U of the same layout
	Recv                           // (any channel of T) → T
	RecvOK                         // (any channel of T) → T, bool
	Send                           // (any channel of T, T)
	MakeChan                       // (int) → chan T
	Unbox                          // (any that holds twin T) → twin T
	Generic                        // function Name of package Pkg instantiated with Targs; T is its func type
	BindFunc                       // (func(*twin T, …)): fills slot N; U is the func type with receiver
	BindValue                      // the same with a value receiver, for types that are one pointer
	Minimum                        // (T, T) → T
	Maximum                        // (T, T) → T
	Zero                           // () → T
	Stand                          // (receiver T, arguments…) → results of method Name; U is its func type: see Type.Targs
	NotNil                         // (pointer or interface T) → T, panics for nil
	Variable                       // () → pointer to the variable Name of package Pkg; T is its type
	CompiledFunc                   // the function Name of the compiled cell Pkg, for types of the notebook; T is its type
)

// Helper describes a compiled function that lowered code calls by Symbol.
type Helper struct {
	Symbol string
	Kind   HelperKind
	T, U   int
	N      int
	Name   string
	Pkg    string
	Targs  []int
}
