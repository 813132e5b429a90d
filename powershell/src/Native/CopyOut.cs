// Text that the library copies into a buffer of ours, grown until it fits.
// Not for reading what it says: see JsonText.cs.
using System;
using System.Text;

namespace Vigie
{
    internal static unsafe class CopyOut
    {
        internal delegate int Getter(byte* buffer, UIntPtr capacity, UIntPtr* length);

        // The text, or null and the library's code.
        internal static string Text(Getter getter, out int code)
        {
            Utf8Buffer buffer = Utf8Buffer.Take();
            UIntPtr length = UIntPtr.Zero;
            do
            {
                // What is copied out may have grown between two calls.
                buffer.Ensure(checked((int)length));
                fixed (byte* bytes = buffer.Bytes)
                {
                    code = getter(bytes, (UIntPtr)(uint)buffer.Bytes.Length, &length);
                }
            }
            while (code == Native.BufferError);
            string text = code == Native.Ok ? Encoding.UTF8.GetString(buffer.Bytes, 0, (int)length) : null;
            buffer.Give();
            return text;
        }
    }
}
