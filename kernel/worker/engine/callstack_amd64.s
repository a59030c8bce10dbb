#include "textflag.h"

// func frameRecords(buf *frameRecord, n int) int
TEXT ·frameRecords(SB), NOSPLIT|NOFRAME, $0-24
	MOVQ buf+0(FP), DI
	MOVQ n+8(FP), SI
	MOVQ BP, AX
	XORQ CX, CX
loop:
	CMPQ CX, SI
	JGE  done
	TESTQ AX, AX
	JZ   done
	MOVQ AX, (DI)
	MOVQ 8(AX), DX
	MOVQ DX, 8(DI)
	ADDQ $16, DI
	INCQ CX
	MOVQ (AX), BX
	CMPQ BX, AX
	JLS  done
	MOVQ BX, AX
	JMP  loop
done:
	MOVQ CX, ret+16(FP)
	RET
