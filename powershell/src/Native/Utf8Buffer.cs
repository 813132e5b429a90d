// A growing buffer of UTF-8 bytes, in which texts and JSON are handed to the library.
// Not for deciding how a value is written: see Values/AttributeJson.cs.
using System;
using System.Text;

namespace Vigie
{
    internal sealed unsafe class Utf8Buffer
    {
        // A larger buffer is not kept for reuse: one long record would hold the memory for good.
        private const int LargestKept = 64 * 1024;
        private const int MostKept = 8;
        // The longest line that the core writes. Of a longer text it would keep less than this anyway.
        private const int LongestText = 16 * 1024 * 1024;
        private static readonly UTF8Encoding Strict = new UTF8Encoding(false, true);

        [ThreadStatic]
        private static Utf8Buffer[] kept;
        [ThreadStatic]
        private static int keptCount;

        internal byte[] Bytes = new byte[512];
        internal int Length;

        internal UIntPtr Size
        {
            get { return (UIntPtr)(uint)Length; }
        }

        // Each thread has a pool and not just one buffer: converting a value may run a user's code, which may record too.
        internal static Utf8Buffer Take()
        {
            if (keptCount == 0)
            {
                return new Utf8Buffer();
            }
            Utf8Buffer buffer = kept[--keptCount];
            buffer.Length = 0;
            return buffer;
        }

        internal static Utf8Buffer Of(string text)
        {
            Utf8Buffer buffer = Take();
            buffer.Text(text);
            return buffer;
        }

        internal void Give()
        {
            if (Bytes.Length > LargestKept || keptCount == MostKept)
            {
                return;
            }
            if (kept == null)
            {
                kept = new Utf8Buffer[MostKept];
            }
            kept[keptCount++] = this;
        }

        internal void Ensure(int more)
        {
            int needed = checked(Length + more);
            if (needed > Bytes.Length)
            {
                Array.Resize(ref Bytes, Math.Max(needed, Bytes.Length * 2));
            }
        }

        internal void Byte(byte value)
        {
            if (Length == Bytes.Length)
            {
                Ensure(1);
            }
            Bytes[Length++] = value;
        }

        // Writes ASCII text that needs no escapes.
        internal void Ascii(string text)
        {
            Ensure(text.Length);
            for (int i = 0; i < text.Length; i++)
            {
                Bytes[Length++] = (byte)text[i];
            }
        }

        // Writes plain UTF-8. A lone surrogate becomes one invalid byte, in place of which the core writes U+FFFD and counts.
        internal void Text(string text)
        {
            if (string.IsNullOrEmpty(text))
            {
                return;
            }
            int length = Math.Min(text.Length, LongestText);
            Ensure(checked(length * 3));
            try
            {
                Length += Strict.GetBytes(text, 0, length, Bytes, Length);
            }
            catch (EncoderFallbackException)
            {
                for (int i = 0; i < length; i++)
                {
                    i += Character(text, i, false);
                }
            }
        }

        // Writes a JSON string with its quotes.
        internal void Json(string text)
        {
            int length = Math.Min(text.Length, LongestText);
            Ensure(checked(length * 6 + 2));
            byte[] bytes = Bytes;
            int at = Length;
            bytes[at++] = (byte)'"';
            for (int i = 0; i < length; i++)
            {
                char c = text[i];
                if (c >= ' ' && c < 0x80 && c != '"' && c != '\\')
                {
                    bytes[at++] = (byte)c;
                    continue;
                }
                Length = at;
                i += Character(text, i, true);
                at = Length;
            }
            bytes[at++] = (byte)'"';
            Length = at;
        }

        // Writes the character at `i`; the caller has made room. Gives how many more UTF-16 units it took than one.
        private int Character(string text, int i, bool escape)
        {
            char c = text[i];
            if (c < 0x80)
            {
                if (escape && (c < ' ' || c == '"' || c == '\\'))
                {
                    Escape(c);
                }
                else
                {
                    Bytes[Length++] = (byte)c;
                }
                return 0;
            }
            if (c < 0x800)
            {
                Bytes[Length++] = (byte)(0xc0 | c >> 6);
                Bytes[Length++] = (byte)(0x80 | c & 0x3f);
                return 0;
            }
            if (!char.IsSurrogate(c))
            {
                Bytes[Length++] = (byte)(0xe0 | c >> 12);
                Bytes[Length++] = (byte)(0x80 | c >> 6 & 0x3f);
                Bytes[Length++] = (byte)(0x80 | c & 0x3f);
                return 0;
            }
            return Surrogate(text, i, escape);
        }

        private int Surrogate(string text, int i, bool escape)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                int point = char.ConvertToUtf32(text[i], text[i + 1]);
                Bytes[Length++] = (byte)(0xf0 | point >> 18);
                Bytes[Length++] = (byte)(0x80 | point >> 12 & 0x3f);
                Bytes[Length++] = (byte)(0x80 | point >> 6 & 0x3f);
                Bytes[Length++] = (byte)(0x80 | point & 0x3f);
                return 1;
            }
            if (escape)
            {
                Escape(text[i]);
            }
            else
            {
                Bytes[Length++] = 0xff;
            }
            return 0;
        }

        private void Escape(char c)
        {
            Bytes[Length++] = (byte)'\\';
            if (c == '"' || c == '\\')
            {
                Bytes[Length++] = (byte)c;
                return;
            }
            Bytes[Length++] = (byte)'u';
            for (int shift = 12; shift >= 0; shift -= 4)
            {
                Bytes[Length++] = (byte)"0123456789abcdef"[c >> shift & 0xf];
            }
        }

        public override string ToString()
        {
            return Encoding.UTF8.GetString(Bytes, 0, Length);
        }
    }
}
