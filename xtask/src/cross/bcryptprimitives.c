/* Wine 8 has no bcryptprimitives.dll, whose one function every Rust program for Windows asks for random bytes.
   https://learn.microsoft.com/windows/win32/seccng/processprng */
#include <windows.h>

/* RtlGenRandom, under its exported name. */
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length)
{
    const SIZE_T most = 1u << 20;
    while (length > 0) {
        ULONG now = (ULONG)(length < most ? length : most);
        if (!SystemFunction036(buffer, now))
            return FALSE;
        buffer += now;
        length -= now;
    }
    return TRUE;
}
