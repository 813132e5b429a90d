// Writes headers of any shape as the JSON object from which the library extracts a context.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;

namespace Vigie
{
    internal static class Carrier
    {
        // Accepts dictionaries, NameValueCollection, and collections of pairs of a name and values (HttpHeaders). Anything
        // else counts as no headers.
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
            string text = value as string;
            IEnumerable list = value as IEnumerable;
            if (text != null || list == null)
            {
                to.Json(text ?? (value == null ? string.Empty : HostValue.TextOf(value)));
                return;
            }
            to.Byte((byte)'[');
            bool firstItem = true;
            foreach (object item in list)
            {
                if (!firstItem)
                {
                    to.Byte((byte)',');
                }
                firstItem = false;
                to.Json(HostValue.TextOf(HostValue.Unwrap(item) ?? string.Empty));
            }
            to.Byte((byte)']');
        }
    }
}
