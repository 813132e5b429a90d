// Reads the members of a dictionary or an object, one level deep, whatever its own code throws.
// Not for writing their values: see AttributeWalk.cs.
using System;
using System.Collections;
using System.Management.Automation;

namespace Vigie
{
    internal static class Members
    {
        // Adds the members to a dictionary, over those of the same name. False for a value that has none. After a failure the
        // rest is left out.
        internal static bool Add(IDictionary to, object from)
        {
            var map = from as IDictionary;
            var bag = from as PSObject;
            try
            {
                if (map != null)
                {
                    foreach (DictionaryEntry entry in map)
                    {
                        to[NameOf(entry.Key)] = entry.Value;
                    }
                }
                else if (bag != null)
                {
                    foreach (PSPropertyInfo property in bag.Properties)
                    {
                        to[property.Name] = ValueOf(property);
                    }
                }
            }
            catch (Exception)
            {
                // Another thread has changed it meanwhile, or it is a dictionary that throws.
            }
            return map != null || bag != null;
        }

        internal static string NameOf(object key)
        {
            return key as string ?? (key == null ? string.Empty : HostValue.TextOf(HostValue.Unwrap(key)));
        }

        internal static object ValueOf(PSPropertyInfo property)
        {
            try
            {
                return property.Value;
            }
            catch (Exception)
            {
                return "[getter threw]";
            }
        }
    }
}
