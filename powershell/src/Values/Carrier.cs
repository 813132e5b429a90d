// Writes headers of any shape as the JSON object from which the library extracts a context.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Management.Automation;
using System.Text;

namespace Vigie
{
    internal static class Carrier
    {
        // Values and characters of one header that are handed over, one more than the library reads, however many a peer sends.
        private const int MostValues = 65;
        private const int MostCharacters = 8193;
        private static readonly Encoding Latin1 = Encoding.GetEncoding(28591);

        // Accepts dictionaries, NameValueCollection, and collections of objects with a Key and a Value (HttpHeaders, headers of
        // messages). Values are texts, bytes or lists of them. Anything else counts as no headers.
        internal static void Write(Utf8Buffer to, object headers)
        {
            int start = to.Length;
            try
            {
                Unguarded(to, headers);
            }
            catch (Exception)
            {
                // Headers that cannot be read count as none.
                to.Length = start;
                to.Ascii("{}");
            }
        }

        private static void Unguarded(Utf8Buffer to, object headers)
        {
            object value = HostValue.Unwrap(headers);
            bool first = true;
            to.Byte((byte)'{');
            IDictionary map = value as IDictionary;
            NameValueCollection collection = value as NameValueCollection;
            var pairs = value as IEnumerable<KeyValuePair<string, IEnumerable<string>>>;
            if (map != null)
            {
                foreach (DictionaryEntry entry in map)
                {
                    Member(to, ref first, HostValue.TextOf(entry.Key), entry.Value);
                }
            }
            else if (collection != null)
            {
                foreach (string name in collection.AllKeys)
                {
                    Member(to, ref first, name ?? string.Empty, collection.GetValues(name));
                }
            }
            else if (pairs != null)
            {
                foreach (KeyValuePair<string, IEnumerable<string>> pair in pairs)
                {
                    Member(to, ref first, pair.Key, pair.Value);
                }
            }
            else if (value is IEnumerable && !(value is string))
            {
                foreach (object item in (IEnumerable)value)
                {
                    PSObject pair = PSObject.AsPSObject(item);
                    if (pair.Properties["Key"] != null && pair.Properties["Value"] != null)
                    {
                        Member(to, ref first, HostValue.TextOf(Members.ValueOf(pair.Properties["Key"])), Members.ValueOf(pair.Properties["Value"]));
                    }
                }
            }
            to.Byte((byte)'}');
        }

        private static void Member(Utf8Buffer to, ref bool first, string name, object given)
        {
            object value = HostValue.Unwrap(given);
            if (!first)
            {
                to.Byte((byte)',');
            }
            first = false;
            to.Json(name);
            to.Byte((byte)':');
            IEnumerable list = value as IEnumerable;
            int room = MostCharacters;
            if (list == null || value is string || value is byte[])
            {
                to.Json(Text(value, ref room));
                return;
            }
            to.Byte((byte)'[');
            int values = 0;
            foreach (object item in list)
            {
                if (values == MostValues)
                {
                    break;
                }
                if (values > 0)
                {
                    to.Byte((byte)',');
                }
                values++;
                to.Json(Text(HostValue.Unwrap(item), ref room));
            }
            to.Byte((byte)']');
        }

        // Headers of messages are bytes, which HTTP reads as Latin-1.
        private static string Text(object value, ref int room)
        {
            var bytes = value as byte[];
            string text = bytes != null ? Latin1.GetString(bytes, 0, Math.Min(bytes.Length, room)) : HostValue.TextOf(value ?? string.Empty);
            if (text.Length > room)
            {
                text = text.Substring(0, room);
            }
            room -= text.Length;
            return text;
        }
    }
}
