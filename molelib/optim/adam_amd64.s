#include "textflag.h"

DATA magnitude<>+0(SB)/4, $0x7fffffff
GLOBL magnitude<>(SB), RODATA|NOPTR, $4

// func adamAVX(value, grad, first, second *float32, n int, constants *[10]float32)
//
// A comparison by "not less than" keeps NaN, which has to show.
TEXT ·adamAVX(SB), NOSPLIT, $0-48
	MOVQ value+0(FP), DI
	MOVQ grad+8(FP), SI
	MOVQ first+16(FP), R8
	MOVQ second+24(FP), R9
	MOVQ n+32(FP), CX
	MOVQ constants+40(FP), DX
	VBROADCASTSS 0(DX), Y6   // b1
	VBROADCASTSS 4(DX), Y7   // 1−b1
	VBROADCASTSS 8(DX), Y8   // b2
	VBROADCASTSS 12(DX), Y9  // 1−b2
	VBROADCASTSS 16(DX), Y10 // rate
	VBROADCASTSS 20(DX), Y11 // epsilon
	VBROADCASTSS 24(DX), Y12 // keep
	VBROADCASTSS 28(DX), Y13 // tiny: of the gradient
	VBROADCASTSS 32(DX), Y14 // of the first moment
	VBROADCASTSS 36(DX), Y15 // of the second
	VBROADCASTSS magnitude<>(SB), Y5
	XORQ AX, AX

loop:
	VMOVUPS (SI)(AX*4), Y0
	VANDPS Y5, Y0, Y3
	VCMPPS $5, Y13, Y3, Y3
	VANDPS Y3, Y0, Y0       // g

	VMULPS (R8)(AX*4), Y6, Y1
	VMULPS Y0, Y7, Y3
	VADDPS Y3, Y1, Y1
	VANDPS Y5, Y1, Y3
	VCMPPS $5, Y14, Y3, Y3
	VANDPS Y3, Y1, Y1       // m = b1·m + (1−b1)·g
	VMOVUPS Y1, (R8)(AX*4)

	VMULPS (R9)(AX*4), Y8, Y2
	VMULPS Y0, Y9, Y3
	VMULPS Y0, Y3, Y3
	VADDPS Y3, Y2, Y2
	VANDPS Y5, Y2, Y3
	VCMPPS $5, Y15, Y3, Y3
	VANDPS Y3, Y2, Y2       // v = b2·v + (1−b2)·g²
	VMOVUPS Y2, (R9)(AX*4)

	VSQRTPS Y2, Y2
	VADDPS Y11, Y2, Y2
	VMULPS Y10, Y1, Y1
	VDIVPS Y2, Y1, Y1
	VMULPS (DI)(AX*4), Y12, Y0
	VSUBPS Y1, Y0, Y0       // keep·value − rate·m/(√v + epsilon)
	VMOVUPS Y0, (DI)(AX*4)

	ADDQ $8, AX
	CMPQ AX, CX
	JLT loop
	VZEROUPPER
	RET
