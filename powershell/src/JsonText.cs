// Reads the JSON text that the library hands out (headers, books, metric lines) into PowerShell values.
// Not for JSON of strangers: the library's own output is well-formed.
using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Globalization;
using System.Text;

namespace Vigie
{
    internal struct JsonText
    {
        private readonly string text;
        private int at;

        private JsonText(string text)
        {
            this.text = text;
            at = 0;
        }

        // Objects become ordered dictionaries, lists arrays, whole numbers longs, other numbers doubles.
        internal static object Parse(string text)
        {
            var reader = new JsonText(text);
            return reader.Value();
        }

        internal static OrderedDictionary Object(string text)
        {
            return string.IsNullOrEmpty(text) ? new OrderedDictionary() : (OrderedDictionary)Parse(text);
        }

        private object Value()
        {
            switch (text[at])
            {
                case '{': return Members();
                case '[': return Elements();
                case '"': return String();
                case 't': at += 4; return true;
                case 'f': at += 5; return false;
                case 'n': at += 4; return null;
                default: return Number();
            }
        }

        private OrderedDictionary Members()
        {
            var members = new OrderedDictionary();
            at++;
            while (text[at] != '}')
            {
                if (text[at] == ',')
                {
                    at++;
                }
                string key = String();
                at++;
                members[key] = Value();
            }
            at++;
            return members;
        }

        private object[] Elements()
        {
            var elements = new List<object>();
            at++;
            while (text[at] != ']')
            {
                if (text[at] == ',')
                {
                    at++;
                }
                elements.Add(Value());
            }
            at++;
            return elements.ToArray();
        }

        private string String()
        {
            int start = ++at;
            int end = text.IndexOfAny(new[] { '"', '\\' }, at);
            if (text[end] == '"')
            {
                at = end + 1;
                return text.Substring(start, end - start);
            }
            var decoded = new StringBuilder();
            while (text[at] != '"')
            {
                decoded.Append(text[at] == '\\' ? Escaped() : text[at]);
                at++;
            }
            at++;
            return decoded.ToString();
        }

        // The character of the escape that begins here; stops at its last character.
        private char Escaped()
        {
            char c = text[++at];
            switch (c)
            {
                case 'b': return '\b';
                case 'f': return '\f';
                case 'n': return '\n';
                case 'r': return '\r';
                case 't': return '\t';
                case 'u':
                    at += 4;
                    return (char)int.Parse(text.Substring(at - 3, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                default: return c;
            }
        }

        private object Number()
        {
            int start = at;
            while (at < text.Length && "+-.0123456789eE".IndexOf(text[at]) >= 0)
            {
                at++;
            }
            string digits = text.Substring(start, at - start);
            long whole;
            if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole))
            {
                return whole;
            }
            return double.Parse(digits, CultureInfo.InvariantCulture);
        }
    }
}
