// Headers of any shape as the JSON object that the library extracts from, and the environment variables that stand for them.
// Not for what the headers mean.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;

namespace Vigie
{
    internal static unsafe class Carrier
    {
        // The names of the environment variables that may carry context; asking for them initialises nothing.
        internal static string[] Variables()
        {
            int code;
            string json = CopyOut.Text(delegate(byte* buffer, UIntPtr capacity, UIntPtr* length)
            {
                return Native.vigie_propagation_fields(Native.CarrierEnvironment, buffer, capacity, length);
            }, out code);
            return Array.ConvertAll((object[])JsonText.Parse(json), delegate(object name) { return (string)name; });
        }

        // Takes dictionaries, NameValueCollection and what enumerates pairs of a name and values (HttpHeaders);
        // anything else has no headers.
        internal static void Write(Utf8Buffer to, object headers)
        {
            int start = to.Length;
            try
            {
                Unguarded(to, headers);
            }
            catch (Exception)
            {
                // Headers that cannot be read are none.
                to.Length = start;
                to.Ascii("{}");
            }
        }

        private static void Unguarded(Utf8Buffer to, object headers)
        {
            object value = AttributeJson.Unwrap(headers);
            bool first = true;
            to.Byte((byte)'{');
            IDictionary map = value as IDictionary;
            NameValueCollection collection = value as NameValueCollection;
            var pairs = value as IEnumerable<KeyValuePair<string, IEnumerable<string>>>;
            if (map != null)
            {
                foreach (DictionaryEntry entry in map)
                {
                    Member(to, ref first, AttributeJson.TextOf(entry.Key), entry.Value);
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
            object value = AttributeJson.Unwrap(given);
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
                to.Json(text ?? (value == null ? string.Empty : AttributeJson.TextOf(value)));
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
                to.Json(AttributeJson.TextOf(AttributeJson.Unwrap(item) ?? string.Empty));
            }
            to.Byte((byte)']');
        }
    }
}
