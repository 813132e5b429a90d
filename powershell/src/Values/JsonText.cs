// Reads JSON text into PowerShell values: headers, statistics and metric lines from the library, and a configuration
// to which parameters are added. It accepts more than JSON; the library checks the configuration that results.
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

        // An object becomes an ordered dictionary, a list an array, a whole number a long, any other number a double.
        internal static object Parse(string text)
        {
            var reader = new JsonText(text);
            object value = reader.Value();
            reader.Space();
            if (reader.at != text.Length)
            {
                throw new FormatException("text after the JSON value");
            }
            return value;
        }

        private void Space()
        {
            while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0)
            {
                at++;
            }
        }

        // Reads the next character that is no space, which must be the expected one.
        private void Take(char expected)
        {
            Space();
            if (text[at++] != expected)
            {
                throw new FormatException("a JSON value is cut short");
            }
        }

        // Whether another member or element follows. Reads the comma before it, or the end.
        private bool More(char end, bool first)
        {
            Space();
            if (text[at] == end)
            {
                at++;
                return false;
            }
            if (!first)
            {
                Take(',');
            }
            return true;
        }

        internal static OrderedDictionary Object(string text)
        {
            return string.IsNullOrEmpty(text) ? new OrderedDictionary() : (OrderedDictionary)Parse(text);
        }

        private object Value()
        {
            Space();
            switch (text[at])
            {
                case '{': return Members();
                case '[': return Elements();
                case '"': return String();
                case 't': return Word("true", true);
                case 'f': return Word("false", false);
                case 'n': return Word("null", null);
                default: return Number();
            }
        }

        private object Word(string word, object value)
        {
            if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0)
            {
                throw new FormatException("not a JSON value");
            }
            at += word.Length;
            return value;
        }

        private OrderedDictionary Members()
        {
            var members = new OrderedDictionary();
            at++;
            while (More('}', members.Count == 0))
            {
                Space();
                string key = String();
                Take(':');
                members[key] = Value();
            }
            return members;
        }

        private object[] Elements()
        {
            var elements = new List<object>();
            at++;
            while (More(']', elements.Count == 0))
            {
                elements.Add(Value());
            }
            return elements.ToArray();
        }

        private string String()
        {
            if (text[at] != '"')
            {
                throw new FormatException("not a JSON text");
            }
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

        // The character that the escape at `at` stands for. Leaves `at` on the last character of the escape.
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
