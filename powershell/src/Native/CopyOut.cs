// Gets a text from the library, which copies it into a buffer that grows until the text fits.
// Not for reading JSON in such a text: see Values/JsonText.cs.
using System;
using System.Text;

namespace Vigie
{
    internal static unsafe class CopyOut
    {
        internal delegate int Getter(byte* buffer, UIntPtr capacity, UIntPtr* length);

        // Gives the text; where the call fails, null and the library's code.
        internal static string Text(Getter getter, out int code)
        {
            Utf8Buffer buffer = Utf8Buffer.Take();
            UIntPtr length = UIntPtr.Zero;
            do
            {
                // The text may have grown between two calls, so one retry may not be enough.
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
